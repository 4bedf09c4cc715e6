"""The pipeline: one enabled flow, ready to run."""

from collections.abc import Awaitable, Callable
from time import perf_counter_ns
from typing import Any, Protocol

from uuid_utils import uuid7

from airdock.engine.retry import as_flow_error
from airdock.errors import FlowError
from airdock.exchange import Exchange, Run, Step, StopRun
from airdock.request import Request
from airdock.spec.flow import Flow

Reply = Callable[[Exchange], Any]
"""Makes the trigger's answer of an exchange whose steps are done; part of the run, so what it raises fails the run."""


class FlowLog(Protocol):
    """Where a flow's runs are counted and recorded. All calls come from the event loop."""

    @property
    def keep_trail(self) -> bool:
        """Whether runs should keep the steps they take."""

    def started(self) -> None:
        """A run began."""

    def ended(self, exchange: Exchange, started_ns: int, error: FlowError | None) -> None:
        """It ended; `started_ns` is `perf_counter_ns` at its start."""


class NoLog:
    """Keeps nothing."""

    keep_trail = False

    def started(self) -> None:
        """Nothing is kept."""

    def ended(self, exchange: Exchange, started_ns: int, error: FlowError | None) -> None:
        """Nothing is kept."""


class Pipeline:
    """A compiled flow.

    Attributes:
        flow: Its declaration. name: `project/file.flow`. project: Its project, empty at the root.
        methods: HTTP methods that it answers; None for all.
        body: The compiled flow, for other flows that call it.
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
    ) -> None:
        """`run` is the body with what only a run of its own has (`input`, `timeout`); `check` looks at the answer."""
        self.flow = flow
        self.name = flow.file
        self.project = project
        self.methods = frozenset(flow.methods) if flow.methods else None
        self.body = body
        self._run = run
        self._check = check
        self._log = log if log is not None else NoLog()
        self._config = config

    def exchange(self, request: Request) -> Exchange:
        """A new exchange, with a run id of its own."""
        run = Run(str(uuid7()), self.name, self.project)
        return Exchange(run, request, self._config, [] if self._log.keep_trail else None)

    def run(self, exchange: Exchange, reply: Reply) -> Awaitable[None] | None:
        """Runs the flow once and sets `exchange.answer` to the reply.

        Returns None when it is done, or an awaitable when it must wait.

        Raises:
            FlowError: a step failed and no handler took it. What was written to the answer is gone.
        """
        log = self._log
        started = perf_counter_ns()
        log.started()
        try:
            pending = self._run(exchange)
            if pending is not None:
                return self._finish(pending, exchange, started, reply)
            if self._check is not None:
                self._check(exchange)
            exchange.answer = reply(exchange)
        except StopRun:
            self._stopped(exchange, started, reply)
            return None
        except Exception as error:
            failure = self._failed(exchange, started, error)
            raise failure from failure.__cause__
        log.ended(exchange, started, None)
        return None

    async def _finish(self, pending: Awaitable[None], exchange: Exchange, started: int, reply: Reply) -> None:
        try:
            try:
                await pending
            except StopRun:
                pass
            exchange.answer = self._reply(exchange, reply)
        except Exception as error:
            failure = self._failed(exchange, started, error)
            raise failure from failure.__cause__
        except BaseException:
            # Cancelled, most often. Whatever it is, a run that began has an end in the log.
            self._failed(exchange, started, FlowError("flow.cancelled", "the run was cut off before it ended"))
            raise
        self._log.ended(exchange, started, None)

    def _reply(self, exchange: Exchange, reply: Reply) -> Any:
        if self._check is not None:
            self._check(exchange)
        return reply(exchange)

    def _stopped(self, exchange: Exchange, started: int, reply: Reply) -> None:
        try:
            exchange.answer = self._reply(exchange, reply)
        except Exception as error:
            failure = self._failed(exchange, started, error)
            raise failure from failure.__cause__
        self._log.ended(exchange, started, None)

    def _failed(self, exchange: Exchange, started: int, error: Exception) -> FlowError:
        failure = as_flow_error(error)
        exchange.response.discard()
        self._log.ended(exchange, started, failure)
        return failure
