from airdock.stores.memory import MemoryStore


async def test_an_entry_is_added_once_until_it_expires() -> None:
    store = MemoryStore()
    assert await store.add("s", "k", b"1", 0, expires=10)
    assert not await store.add("s", "k", b"2", 9)
    assert await store.add("s", "k", b"3", 10)
