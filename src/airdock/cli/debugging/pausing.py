"""Time that stands still while a person thinks."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager


class PausableLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock can be stopped, so that no timeout of a flow is over because of a prompt."""

    def __init__(self) -> None:
        self._lost = 0.0
        super().__init__()

    def time(self) -> float:
        return time.monotonic() - self._lost

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Stops the clock."""
        begin = time.monotonic()
        try:
            yield
        finally:
            self._lost += time.monotonic() - begin
