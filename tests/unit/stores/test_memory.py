"""What is the memory's alone: that it forgets."""

from airdock.stores.memory import MemoryStore
from airdock.stores.memory_entries import Entries
from airdock.stores.memory_groups import Groups


async def test_what_has_expired_is_forgotten_without_being_asked_for() -> None:
    store = MemoryStore()
    for number in range(100):
        await store.add("s", str(number), b"", number, expires=number + 10)
    assert len(store._space("s").entries) == 10


async def test_entries_that_are_replaced_again_and_again_take_no_room() -> None:
    store = MemoryStore()
    for number in range(10_000):
        await store.put("s", "k", b"", expires=number + 1e6)
    entries: Entries = store._space("s").entries
    assert len(entries._expiring) < 2000
    assert await store.expiring("s", 5) == ["k"]


async def test_entries_that_come_and_go_take_no_room() -> None:
    store = MemoryStore()
    for number in range(10_000):
        await store.add("s", str(number), b"", 0, expires=number + 1e6)
        await store.remove("s", str(number))
    assert len(store._space("s").entries._expiring) < 2000


async def test_groups_that_are_put_off_or_come_and_go_take_no_room() -> None:
    store = MemoryStore()
    for number in range(10_000):
        await store.append("s", "k", b"", 0, due=number)
        await store.append("s", "gone", b"", 0, due=1e6 + number, close_at=1)
    groups: Groups = store._space("s").groups
    assert len(groups._queue) < 2000
    assert await store.groups("s", due_by=9999) == ["k"]
