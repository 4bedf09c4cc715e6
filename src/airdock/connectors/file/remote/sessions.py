"""Sessions of libraries that block, each used by one thread at a time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Generic, TypeVar

S = TypeVar("S")
T = TypeVar("T")


class Sessions(Generic[S]):
    """A few sessions with a server, which are made when they are needed and kept for those who come next.

    Whoever waits for a session that hangs can be cancelled at once: its session is cut, which ends its thread.
    """

    def __init__(self, most: int, make: Callable[[], S], cut: Callable[[S], None], alive: Callable[[S], bool]) -> None:
        """
        Args:
            most: Sessions at the same time.
            make: A new session; in a thread, as `alive`, which says whether a kept one still is.
            cut: Ends a session at once, whatever another thread does with it; it raises nothing but OSError.
        """
        self._make = make
        self._cut = cut
        self._alive = alive
        self._room = asyncio.Semaphore(most)
        self._threads = ThreadPoolExecutor(most, "airdock-files")
        self._idle: list[S] = []
        self._closed = False

    async def run(self, work: Callable[[S], T]) -> T:
        """What a piece of work gives, done in a thread; a session in which something went wrong is not used again."""
        await self._room.acquire()
        use = _Use[S]()
        done = self._threads.submit(self._worked, use, work)
        loop = asyncio.get_running_loop()
        done.add_done_callback(lambda _: _soon(loop, self._room.release))
        try:
            return await asyncio.wrap_future(done)
        except asyncio.CancelledError:
            self._give_up(use, done)
            raise

    def close(self) -> None:
        """Cuts what nobody uses; what is in use is cut when it comes back."""
        self._closed = True
        while self._idle:
            self._cut_quietly(self._idle.pop())
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _worked(self, use: "_Use[S]", work: Callable[[S], T]) -> T:
        session = use.session = self._taken()
        try:
            if use.given_up:
                raise ConnectionAbortedError("given up")
            result = work(session)
        except BaseException:
            self._cut_quietly(session)
            raise
        if self._closed or use.given_up:
            self._cut_quietly(session)
        else:
            self._idle.append(session)
        return result

    def _taken(self) -> S:
        while self._idle:
            with suppress(IndexError):
                session = self._idle.pop()
                if self._alive(session):
                    return session
                self._cut_quietly(session)
        return self._make()

    def _give_up(self, use: "_Use[S]", done: "Future[T]") -> None:
        use.given_up = True
        if use.session is not None and not done.done():
            self._cut_quietly(use.session)

    def _cut_quietly(self, session: S) -> None:
        with suppress(OSError):
            self._cut(session)


class _Use(Generic[S]):
    """One piece of work: its session, once it has one, and whether nobody waits for it any more."""

    def __init__(self) -> None:
        self.session: S | None = None
        self.given_up = False


def _soon(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    # Where the loop has ended, nobody waits for room.
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(call)
