import pytest

from airdock.errors import FlowError
from airdock.steps.keeping.room import Bound, Room
from airdock.stores.memory import MemoryStore


async def come(room: Room, now: float) -> None:
    if room.left > 0:
        room.left -= 1
    else:
        await room.check(now)


async def fill(store: MemoryStore, room: Room, count: int) -> int:
    """Adds so many; the most there were at once."""
    most = 0
    for number in range(count):
        await store.add("s", f"{number:06}", b"", number, 1e6 + number)
        await come(room, number)
        most = max(most, await store.count("s", number))
    return most


@pytest.mark.parametrize("most", [1, 2, 15, 16, 17, 255])
async def test_there_are_never_more_and_the_oldest_go(most: int) -> None:
    store = MemoryStore()
    assert await fill(store, Room(store, "s", Bound(most, "dropOldest", "idempotent.full")), 3 * most) == most
    assert [key for key, _ in await store.entries("s", 0, limit=1000)] == [
        f"{number:06}" for number in range(2 * most, 3 * most)
    ]


async def test_one_too_many_is_an_error() -> None:
    store = MemoryStore()
    room = Room(store, "s", Bound(50, "reject", "idempotent.full"))
    assert await fill(store, room, 50) == 50
    await store.add("s", "one more", b"", 0)
    with pytest.raises(FlowError, match="50 are kept already") as caught:
        await room.check(0)
    assert caught.value.code == "idempotent.full"


async def test_what_others_add_to_the_space_counts() -> None:
    store = MemoryStore()
    bound = Bound(100, "dropOldest", "idempotent.full")
    one, other = Room(store, "s", bound), Room(store, "s", bound)
    for number in range(500):
        await store.add("s", str(number), b"", 0, 1e6 + number)
        await come(one if number % 2 else other, 0)
    assert await store.count("s", 0) <= 100


async def test_of_many_some_go_at_once() -> None:
    store = MemoryStore()
    room = Room(store, "s", Bound(10_000, "dropOldest", "idempotent.full"))
    assert await fill(store, room, 12_000) == 10_000
    assert await store.count("s", 0) > 9_900
    assert await store.get("s", "011999", 0) is not None
