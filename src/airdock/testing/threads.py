"""Threads of scripts that time waits for."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from airdock.scripts.pool import WorkerPool
from airdock.testing.virtual import VirtualLoop

Value = TypeVar("Value")


class StandingPool(WorkerPool):
    """A pool during whose calls the time of a `VirtualLoop` stands still; on another loop it is like any other."""

    async def run(
        self,
        call: Callable[[], Value],
        abandoned: Callable[[], None] | None = None,
        afterwards: Callable[[], None] | None = None,
    ) -> Value:
        loop = asyncio.get_running_loop()
        if not isinstance(loop, VirtualLoop):
            return await super().run(call, abandoned, afterwards)
        with loop.standing_still():
            return await super().run(call, abandoned, afterwards)
