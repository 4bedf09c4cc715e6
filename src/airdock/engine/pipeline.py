"""The pipeline: one enabled flow, ready to run."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from copy import copy
from time import perf_counter_ns
from typing import Any, NoReturn, Protocol

from uuid_utils import uuid7

from airdock.deadline import DeadlineError, within
from airdock.engine.background import Duty
from airdock.engine.moment import Present
from airdock.errors import FlowError, as_flow_error
from airdock.exchange import Exchange, Run, Step, StopRun
from airdock.request import Request
from airdock.spec.flow import Flow

log = logging.getLogger("airdock.engine")

_BODY_SECONDS = 5.0

Reply = Callable[[Exchange], Any]
"""Makes the trigger's answer of an exchange whose steps are done; part of the run, so what it raises fails the run."""


class FlowLog(Protocol):
    """Where a flow's runs are counted and recorded. All calls come from the event loop."""

    @property
    def keep_trail(self) -> bool:
        """Whether runs should keep the steps they take."""

    def started(self) -> None:
        """A run began."""

    def waiting(self, exchange: Exchange, started_ns: int) -> None:
        """It waits for something, in the task that calls; runs that never wait are not told."""

    def cancelled_by(self, exchange: Exchange) -> str:
        """Who asked for a run that waits to be cancelled; empty when nobody did."""

    def wants_body(self, exchange: Exchange) -> bool:
        """Whether the body of a run that failed should be taken from the wire, where it still is, to be kept."""

    def ended(self, exchange: Exchange, started_ns: int, error: FlowError | None) -> None:
        """It ended; `started_ns` is `perf_counter_ns` at its start."""

    def waited(self, exchange: Exchange) -> None:
        """A run that waited has ended, and `ended` was told so."""


class NoLog:
    """Keeps nothing."""

    keep_trail = False

    def started(self) -> None:
        """Nothing is kept."""

    def waiting(self, exchange: Exchange, started_ns: int) -> None:
        """Nothing is kept."""

    def cancelled_by(self, exchange: Exchange) -> str:
        return ""

    def wants_body(self, exchange: Exchange) -> bool:
        return False

    def ended(self, exchange: Exchange, started_ns: int, error: FlowError | None) -> None:
        """Nothing is kept."""

    def waited(self, exchange: Exchange) -> None:
        """Nothing is kept."""


class Pipeline:
    """A compiled flow.

    Attributes:
        flow: Its declaration. name: `project/file.flow`. project: Its project, empty at the root.
        methods: HTTP methods that it answers; None for all.
        body: The compiled flow, for other flows that call it.
        duties: What is to run in each process for as long as the flow is enabled.
        states: Tell what state steps are in, by the step's name or path.
    """

    def __init__(
        self,
        flow: Flow,
        project: str,
        body: Step,
        run: Step,
        *,
        check: Callable[[Exchange], None] | None = None,
        log: FlowLog | None = None,
        config: dict[str, Any] | None = None,
        present: Present | None = None,
        duties: Sequence[Duty] = (),
        states: Mapping[str, Callable[[], str]] | None = None,
    ) -> None:
        """`run` is the body with what only a run of its own has (`input`, `timeout`); `check` looks at the answer.

        `present` has the release, and the flows that a run may call.
        """
        self.flow = flow
        self.name = flow.file
        self.project = project
        self.methods = frozenset(flow.served_methods) or None
        self.body = body
        self._run = run
        self._check = check
        self._log = log if log is not None else NoLog()
        self._config = config
        self._present = present or Present()
        self.duties = tuple(duties)
        self.states = dict(states or {})

    def exchange(self, request: Request) -> Exchange:
        """A new exchange, with a run id of its own."""
        release, flows = self._present.moment
        run = Run(str(uuid7()), self.name, self.project, release)
        return Exchange(run, request, self._config, [] if self._log.keep_trail else None, flows)

    def within(self, present: Present) -> "Pipeline":
        """The same flow for runs of another present."""
        other = copy(self)
        other._present = present
        return other

    def part(self, inside: Step) -> "Pipeline":
        """Steps inside the flow, for runs of their own in its run log."""
        other = copy(self)
        other.body = other._run = inside
        other._check, other.duties, other.states = None, (), {}
        return other

    def run(self, exchange: Exchange, reply: Reply) -> Awaitable[None] | None:
        """Runs the flow once and sets `exchange.answer` to the reply.

        Returns None when it is done, or an awaitable when it must wait.

        Raises:
            FlowError: a step failed and no handler took it. What was written to the answer is gone.
        """
        started = perf_counter_ns()
        self._log.started()
        try:
            pending = self._run(exchange)
        except StopRun:
            pending = None
        except Exception as error:
            if self._log.wants_body(exchange):
                return self._finish(_failed_behind_body(exchange, error), exchange, started, reply)
            self._fail(exchange, started, error)
        if pending is not None:
            return self._finish(pending, exchange, started, reply)
        self._close(exchange, started, reply)
        return None

    async def _finish(self, pending: Awaitable[None], exchange: Exchange, started: int, reply: Reply) -> None:
        log = self._log
        log.waiting(exchange, started)
        try:
            try:
                await pending
            except StopRun:
                pass
            except Exception as error:
                if log.wants_body(exchange):
                    await _take_body(exchange)
                self._fail(exchange, started, error)
            self._close(exchange, started, reply)
        except Exception:
            raise
        except BaseException as end:
            self._cut_off(exchange, started, end)
            raise
        finally:
            log.waited(exchange)

    def _close(self, exchange: Exchange, started: int, reply: Reply) -> None:
        """The steps are done: the answer is made, and the run has ended well if that goes well."""
        if exchange.endings is not None:
            exchange.end()
        try:
            if self._check is not None:
                self._check(exchange)
            exchange.answer = reply(exchange)
        except Exception as error:
            self._fail(exchange, started, error)
        self._log.ended(exchange, started, None)

    def _cut_off(self, exchange: Exchange, started: int, end: BaseException) -> None:
        """Whatever cut it off, a run that began has an end in the log. An operator's word ends the run, not its task.

        Raises:
            FlowError: `flow.cancelled`, an operator asked for it.
        """
        exchange.end()
        by = self._log.cancelled_by(exchange)
        message = f"{by} cancelled the run" if by else "the run was cut off before it ended"
        error = FlowError("flow.cancelled", message, status=503)
        error.checkpoint = exchange.cut
        exchange.response.discard()
        self._log.ended(exchange, started, error)
        task = asyncio.current_task()
        if by and isinstance(end, asyncio.CancelledError) and task is not None and task.uncancel() == 0:
            raise error from None

    def _fail(self, exchange: Exchange, started: int, error: Exception) -> NoReturn:
        exchange.end()
        failure = as_flow_error(error)
        exchange.response.discard()
        self._log.ended(exchange, started, failure)
        raise failure from failure.__cause__


async def _failed_behind_body(exchange: Exchange, error: Exception) -> None:
    """The failure of a run that did not wait, once the body is taken from the wire."""
    await _take_body(exchange)
    raise error


async def _take_body(exchange: Exchange) -> None:
    """Takes the body from the wire, for the record: a run that is retried may need it. It is not waited for long."""
    try:
        await within(_BODY_SECONDS, exchange.request.read())
    except (DeadlineError, FlowError) as failure:
        log.debug("the body of run %s is not kept: %r", exchange.run.id, failure)
