import pytest

from airdock.connectors.sse.position import Mark, Position
from airdock.errors import FlowError
from airdock.stores.memory import MemoryStore


def position(store: MemoryStore) -> Position:
    return Position(store, "p/l.listener#lastEventId", "p/c.connection /events")


async def kept(store: MemoryStore) -> str:
    return await position(store).resume(0.0)


async def begun(store: MemoryStore | None = None) -> tuple[Position, MemoryStore]:
    store = store or MemoryStore()
    made = position(store)
    await made.resume(0.0)
    return made, store


async def test_only_what_is_done_without_a_gap_counts_after_a_restart() -> None:
    made, store = await begun()
    first, second, third = (made.came(last)[0] for last in "123")
    await made.done(second)
    assert (await kept(store), made.received) == ("", "3")
    await made.done(first)
    assert await kept(store) == "2"
    # A connection that is made anew begins behind what was received.
    assert await made.resume(0.0) == "3"
    await made.done(third)
    assert await kept(store) == "3"


async def test_what_is_given_back_comes_again() -> None:
    made, store = await begun()
    first, second, _ = (made.came(last)[0] for last in "123")
    await made.done(first)
    made.rewind()
    assert await made.resume(0.0) == "1"
    # It is too late for it now.
    await made.done(second)
    assert await kept(store) == "1"
    again = [made.came(last) for last in "234"]
    assert [repeated for _, repeated in again] == [True, True, False]
    for mark, _ in again:
        await made.done(mark)
    assert await kept(store) == "4"


async def test_after_a_restart_events_may_have_come_before() -> None:
    made, store = await begun()
    assert not made.came("1")[1]
    await made.done(Mark(1, "1"))
    made, _ = await begun(store)
    assert made.came("2")[1]


async def test_what_is_nobodys_business_is_kept_with_the_next_one() -> None:
    made, store = await begun()
    made.passed("1")
    assert await kept(store) == ""
    mark, _ = made.came("2")
    made.passed("3")
    await made.done(mark)
    assert await kept(store) == "3"
    made.passed("4")
    await made.keep()
    assert await kept(store) == "4"


async def test_a_service_that_takes_its_ids_back() -> None:
    made, store = await begun()
    for last in ("1", ""):
        await made.done(made.came(last)[0])
    assert (await kept(store), made.received) == ("", "")


class Away(MemoryStore):
    """A store that can go away."""

    away = False

    async def put(self, *arguments: object, **rest: object) -> None:
        if self.away:
            raise FlowError("state.unavailable", "the store is away")
        await super().put(*arguments, **rest)  # type: ignore[arg-type]


async def test_a_store_that_is_away_is_made_up_for() -> None:
    store = Away()
    made, _ = await begun(store)
    first, second = (made.came(last)[0] for last in "12")
    store.away = True
    with pytest.raises(FlowError):
        await made.done(first)
    store.away = False
    await made.done(second)
    assert await kept(store) == "2"
