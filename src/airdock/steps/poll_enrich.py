from collections.abc import Awaitable
from typing import Any

from airdock.branch import branch_of, forget_round
from airdock.deadline import DeadlineError, within
from airdock.errors import FlowError, as_flow_error
from airdock.exchange import Exchange
from airdock.spec.fields import field
from airdock.spec.kinds import Duration
from airdock.spec.step import Clock, Compiled, Compiler
from airdock.steps.branches.resources import EnrichingStep, Take, drop, taking
from airdock.steps.common.values import one_flow

_SHORTEST = 0.001


class PollEnrich(EnrichingStep):
    """Waits until there is something to fetch, and adds it to the message: Camel's enricher by a polling consumer.

    The resource is a flow, in place or by its path, that looks for something: a file, a row, a message of a queue. It
    works on a copy of the message whose body is empty, and gives what it found as its body; a body that is still empty
    (null) says that there was nothing, and it is asked again after `interval`. With a `timeout` that goes on for so
    long: a poll that is under way then is cut off, and the message goes on without a result. `"0s"` polls once and
    waits for nothing but this poll. Without a `timeout` it goes on until there is a result, or until the `timeout` of
    the flow or of a step around ends it.

    What became of the result is told as for [enrich](enrich.md). Where nothing came in time, the result is null: left
    out, `aggregate` makes the body null, as Camel does; in an expression `resource.body` is null. An error of the
    resource ends the polling.

    Any connector can be a source: it stands in the resource, which takes what it found out of there only when it has
    all of it, since a poll may be cut off.
    """

    type = "pollEnrich"
    group = "enrichment"
    waits = True
    example = {
        "type": "pollEnrich",
        "module": "/shop/next_delivery.flow",
        "timeout": "10s",
        "interval": "1s",
        "aggregate": "$merge([body, {'delivery': resource.body}])",
    }

    timeout: float | None = field(
        Duration(),
        'So long it is polled; `"0s"` polls once, and without it polling goes on until there is a result.',
        unit="s",
        example="10s",
    )
    interval: float = field(Duration(), "Wait between two polls, `1ms` at least.", default=0.5, unit="s", example="1s")

    @property
    def time_limit(self) -> float | None:
        return None

    @property
    def reads_body(self) -> bool:
        # The copies share the request, which must not be read by them.
        return True

    def compile(self, compiler: Compiler) -> Compiled:
        resource, take = compiler.branch(one_flow(self, compiler)), taking(self)
        clock, path, timeout, interval = compiler.clock, self.path, self.timeout, self.interval

        def poll(exchange: Exchange) -> Awaitable[None]:
            return _Polling(exchange, resource, take, clock, path).go(timeout, interval)

        return poll

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        broken = super().check(element)
        if element.interval < _SHORTEST:
            broken.append(("interval", "must be 1ms at least: what is polled needs time for others, too"))
        return broken


class _Polling:
    """The polls for one message."""

    def __init__(self, exchange: Exchange, resource: Compiled, take: Take, clock: Clock, path: str) -> None:
        self._exchange = exchange
        self._resource = resource
        self._take = take
        self._clock = clock
        self._path = path

    async def go(self, longest: float | None, interval: float) -> None:
        clock, exchange = self._clock, self._exchange
        until = clock.monotonic() + longest if longest else None
        while True:
            branch = branch_of(exchange, None)
            found, error = await self._poll(branch, until)
            if found or error is not None:
                return self._take(exchange, branch, error)
            left = interval if until is None else min(interval, until - clock.monotonic())
            if longest == 0 or left <= 0:
                return self._take(exchange, branch_of(exchange, None), None)
            await clock.sleep(left)

    async def _poll(self, branch: Exchange, until: float | None) -> tuple[bool, FlowError | None]:
        """Whether something was found, or the error; where not, of the poll only its record is kept."""
        exchange = self._exchange
        try:
            pending = self._resource(branch)
            if pending is not None:
                await (pending if until is None else within(max(until - self._clock.monotonic(), 0), pending))
            if branch.body is not None:
                return True, None
        except DeadlineError:
            pass
        except Exception as failure:  # noqa: BLE001 -- what any step raises is the resource's error
            return False, as_flow_error(failure)
        except BaseException:
            drop(exchange, branch, self._path)
            raise
        mark = 0 if exchange.trail is None else len(exchange.trail)
        drop(exchange, branch, self._path)
        forget_round(exchange.trail, mark)
        return False, None
