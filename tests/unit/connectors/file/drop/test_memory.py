from airdock.connectors.file.drop.memory import Memory
from airdock.stores.memory import MemoryStore
from tests.unit.connectors.file.drop.test_claims import SetClock

_DAY = 86400.0


async def test_what_is_kept_is_found_by_all_processes() -> None:
    clock, store = SetClock(), MemoryStore()
    one, other = (Memory(store, clock, "p/a.listener") for _ in range(2))
    await one.keep("a@1", "done")
    await one.keep("b@1", "failed")
    assert (one.known("a@1"), other.known("a@1")) == ("done", None)
    assert (await other.find("a@1"), await other.find("b@1"), await other.find("c@1")) == ("done", "failed", None)
    assert other.known("a@1") == "done"
    assert await Memory(store, clock, "p/b.listener").find("a@1") is None
    later = Memory(store, clock, "p/a.listener")
    await later.recall()
    assert (later.known("a@1"), later.known("b@1")) == ("done", "failed")
    await later.forget("a@1")
    assert (later.known("a@1"), await one.find("a@1")) == (None, None)


async def test_of_what_lies_there_it_is_known_for_ever() -> None:
    clock, store = SetClock(), MemoryStore()
    memory = Memory(store, clock, "p/a.listener")
    await memory.keep("stays@1", "done")
    await memory.keep("goes@1", "done")
    for _ in range(40):
        clock.at += 10 * _DAY
        await memory.still_there({"stays@1"})
    assert (await memory.find("stays@1"), await memory.find("goes@1")) == ("done", None)
    assert memory.known("goes@1") is None


async def test_more_than_a_page() -> None:
    clock, store = SetClock(), MemoryStore()
    memory = Memory(store, clock, "p/a.listener")
    for number in range(2500):
        await memory.keep(f"{number}", "done")
    again = Memory(store, clock, "p/a.listener")
    await again.recall()
    assert all(again.known(f"{number}") for number in range(2500))
