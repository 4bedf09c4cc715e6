"""The clock of flows: that of the event loop."""

import asyncio
import time
from collections.abc import Awaitable, Callable


class LoopClock:
    """Waits on the running event loop; where that keeps a time of its own, as in tests, everything does."""

    def sleep(self, seconds: float) -> Awaitable[None]:
        return asyncio.sleep(seconds)

    def call_later(self, seconds: float, call: Callable[[], object]) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(seconds, call)

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()
