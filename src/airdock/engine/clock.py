"""Real time for flows."""

import asyncio
from collections.abc import Awaitable


class LoopClock:
    """Waits on the event loop."""

    def sleep(self, seconds: float) -> Awaitable[None]:
        return asyncio.sleep(seconds)
