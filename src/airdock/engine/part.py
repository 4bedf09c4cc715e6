"""Parts of a flow that run apart from the run that came to them."""

import asyncio
from typing import Any

from airdock.branch import branch_of
from airdock.engine.background import Background
from airdock.engine.pipeline import Pipeline
from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.request import EMPTY_REQUEST
from airdock.response import ABSENT


class FlowPart:
    """The steps inside a step, as a pipeline of their own in the run log of their flow.

    Attributes:
        path: Of the step. pipeline: Set when the flow is compiled; nothing runs before.
    """

    def __init__(self, path: str, background: Background) -> None:
        self.path = path
        self.pipeline: Pipeline | None = None
        self._background = background

    def exchange(self) -> Exchange:
        exchange = self._whole.exchange(EMPTY_REQUEST)
        exchange.run.step = self.path
        return exchange

    def copy(self, exchange: Exchange, body: Any = ABSENT) -> Exchange:
        made = self.exchange()
        run, origin = made.run, exchange.run
        run.parent, run.release, run.attempt = origin.id, origin.release, origin.attempt
        copied = branch_of(exchange, body, run)
        copied.trail = made.trail
        return copied

    async def run(self, exchange: Exchange) -> None:
        pending = self._whole.run(exchange, _no_answer)
        if pending is not None:
            await pending

    def start(self, exchange: Exchange) -> "asyncio.Task[None]":
        return self._background.start(self._quietly(exchange))

    async def _quietly(self, exchange: Exchange) -> None:
        try:
            await self.run(exchange)
        except FlowError:
            return

    @property
    def _whole(self) -> Pipeline:
        if self.pipeline is None:
            raise RuntimeError("the flow is not compiled yet")
        return self.pipeline


def _no_answer(exchange: Exchange) -> None:
    """Nobody waits for one."""
