import asyncio
from collections import deque
from contextvars import ContextVar
from typing import Any

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Template
from airdock.spec.fields import field
from airdock.spec.flow import SubFlow
from airdock.spec.kinds import Choice, Flow, Integer, Module
from airdock.spec.kinds import Template as TemplateKind
from airdock.spec.step import Compiled, Compiler, Part, Resuming, Step, changed
from airdock.steps.common.values import check_one_flow, one_flow
from airdock.steps.flow import FlowStep


class WireTap(Step):
    """Sends a copy of the message to a flow that runs beside the main one, which does not wait for it.

    The copy has its own headers, properties and body, and a run of its own in the run log; what it writes goes
    nowhere, and its errors do not concern the main flow. A server that stops waits for it as it does for requests.

    A copy that comes to the step again, and so taps itself, does not wait for room, as what it would wait for may be
    waiting for it: where there is none it fails with `wireTap.full`.
    """

    type = "wireTap"
    group = "routing"
    repeatable = False
    example = {
        "type": "wireTap",
        "flow": {"steps": [{"type": "log", "message": "seen: ${body}"}]},
    }

    flow: SubFlow | None = field(Flow(), "The flow in place.")
    module: str = field(Module((".flow",)), "Path of another flow.", default="", example="/shop/audit.flow")
    body: Template | None = field(
        TemplateKind(), "The copy's body; the message's if left out.", example={"id": "${body.id}"}
    )
    max_pending: int = field(Integer(1, 1_000_000), "So many copies may be under way in a process.", default=1000)
    when_full: str = field(
        Choice(("block", "reject", "dropOldest")),
        "What happens to one more: the flow waits until there is room, it fails with `wireTap.full`, or the copy that"
        " is under way the longest is cut off.",
        default="block",
    )

    @property
    def reads_body(self) -> bool:
        return True

    def compile(self, compiler: Compiler) -> Compiled:
        part = compiler.part(one_flow(self, compiler), self)
        body, pending = self.body, _Pending(self.max_pending, self.when_full)

        async def tap_when_there_is_room(exchange: Exchange) -> None:
            await pending.room()
            start(exchange)

        def start(exchange: Exchange) -> None:
            copied = part.copy(exchange) if body is None else part.copy(exchange, body.evaluate(exchange))
            pending.add(part, copied)

        def tap(exchange: Exchange) -> Any:
            return start(exchange) if pending.has_room() else tap_when_there_is_room(exchange)

        return tap

    def resumed_part(self, inside: Resuming) -> list[Step]:
        if self.flow is not None:
            return super().resumed_part(inside)
        return [changed(FlowStep(module=self.module), path=self.path, begun=inside.called(self.module))]

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return check_one_flow(element)


_INSIDE: ContextVar[frozenset[int]] = ContextVar("_INSIDE", default=frozenset())
"""Of which steps this is a copy, or a copy of a copy; by their `_Pending`."""


class _Pending:
    """The copies under way, of one step in one process."""

    def __init__(self, most: int, when_full: str) -> None:
        self._most = most
        self._when_full = when_full
        self._tasks: dict[asyncio.Task[None], None] = {}
        self._waiting: deque[asyncio.Future[None]] = deque()

    def has_room(self) -> bool:
        return len(self._tasks) < self._most

    def add(self, part: Part, exchange: Exchange) -> None:
        token = _INSIDE.set(_INSIDE.get() | {id(self)})
        try:
            task = part.start(exchange)
        finally:
            _INSIDE.reset(token)
        self._tasks[task] = None
        task.add_done_callback(self._ended)

    async def room(self) -> None:
        """Returns when one more may start.

        Raises:
            FlowError: `wireTap.full`.
        """
        if self._when_full == "reject" or (self._when_full == "block" and id(self) in _INSIDE.get()):
            raise FlowError("wireTap.full", f"{self._most} copies of the message are under way already")
        if self._when_full == "dropOldest":
            oldest = next(iter(self._tasks))
            del self._tasks[oldest]
            oldest.cancel()
            return
        while not self.has_room():
            free = asyncio.get_running_loop().create_future()
            self._waiting.append(free)
            try:
                await free
            except asyncio.CancelledError:
                if not free.cancelled():
                    # It was told of room that it does not take any more.
                    self._wake()
                raise

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.pop(task, None)
        self._wake()

    def _wake(self) -> None:
        """Lets the next one that waits look whether there is room."""
        while self._waiting:
            free = self._waiting.popleft()
            if not free.done():
                free.set_result(None)
                return
