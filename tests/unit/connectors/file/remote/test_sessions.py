import asyncio
from threading import Event

import pytest

from airdock.connectors.file.remote.sessions import Sessions


class Session:
    def __init__(self, begun: Event) -> None:
        self.ended = Event()
        self.begun = begun

    def hang(self) -> str:
        self.begun.set()
        if self.ended.wait(10):
            raise ConnectionAbortedError
        return "nobody cut it"


class Made:
    """Sessions, and what became of those that were made."""

    def __init__(self, most: int) -> None:
        self.begun = Event()
        self.all: list[Session] = []
        self.sessions = Sessions(most, self.make, lambda each: each.ended.set(), lambda each: not each.ended.is_set())

    def make(self) -> Session:
        self.all.append(Session(self.begun))
        return self.all[-1]


async def test_a_session_is_used_again() -> None:
    made = Made(2)
    first = await made.sessions.run(lambda each: each)
    assert await made.sessions.run(lambda each: each) is first
    first.ended.set()
    assert await made.sessions.run(lambda each: each) is not first
    made.sessions.close()
    assert all(each.ended.is_set() for each in made.all)


async def test_one_in_which_something_went_wrong_is_not() -> None:
    made = Made(2)
    with pytest.raises(ZeroDivisionError):
        await made.sessions.run(lambda each: 1 / 0)
    assert made.all[0].ended.is_set()
    assert await made.sessions.run(lambda each: each) is made.all[1]
    made.sessions.close()


async def test_who_is_cancelled_does_not_wait_for_one_that_hangs() -> None:
    made = Made(1)
    waiting = asyncio.create_task(made.sessions.run(Session.hang))
    await asyncio.to_thread(made.begun.wait)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert made.all[0].ended.is_set()
    assert await made.sessions.run(lambda each: each) is made.all[1]
    made.sessions.close()


async def test_no_more_than_so_many_are_made() -> None:
    made = Made(2)
    await asyncio.gather(*(made.sessions.run(lambda each: each.ended.wait(0.001)) for _ in range(10)))
    assert len(made.all) <= 2
    made.sessions.close()
