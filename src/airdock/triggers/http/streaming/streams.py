"""All that is open in a process: how many at most, and how they are ended."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from airdock.codes import CODES
from airdock.errors import FlowError


class Open:
    """One stream or socket that is open.

    Attributes:
        over: Done as soon as it is to end; its result is the code with which a WebSocket is closed then.
    """

    def __init__(self, is_current: Callable[[], bool]) -> None:
        """`is_current`: whether what it was opened for still answers there, as it did then."""
        self.over: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.is_current = is_current

    def end(self, code: int) -> None:
        """Has it end; the first word counts."""
        if not self.over.done():
            self.over.set_result(code)


GOING_AWAY = 1001
TOO_LARGE = 1009
FAILED = 1011
RESTART = 1012
TRY_LATER = 1013


class Streams:
    """What is open in this process, for one event loop."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: set[Open] = set()
        self._stopping = False
        self._empty = asyncio.Event()
        self._empty.set()

    def __len__(self) -> int:
        return len(self._open)

    @contextmanager
    def entered(self, is_current: Callable[[], bool], max_age: float) -> Iterator[Open]:
        """One is open in the block, for so many seconds at most.

        Raises:
            FlowError: `request.busy`, there are too many.
        """
        if self._stopping or len(self._open) >= self._most:
            raise FlowError("request.busy", CODES["request.busy"].meaning)
        stream = Open(is_current)
        self._open.add(stream)
        self._empty.clear()
        # A page makes it anew, and is asked again who it is.
        timer = asyncio.get_running_loop().call_later(max_age, stream.end, RESTART)
        try:
            yield stream
        finally:
            timer.cancel()
            self._open.discard(stream)
            if not self._open:
                self._empty.set()

    def refresh(self) -> None:
        """Routes have changed: what was opened for one that is another now is ended, to be made anew."""
        for stream in list(self._open):
            if not stream.is_current():
                stream.end(RESTART)

    def stop(self) -> None:
        """The server stops: everything ends, and nothing is opened any more."""
        self._stopping = True
        for stream in list(self._open):
            stream.end(GOING_AWAY)

    async def stopped(self, patience: float) -> None:
        """Has everything end, and waits so many seconds at most until that is done."""
        self.stop()
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._empty.wait()
