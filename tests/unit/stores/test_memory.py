from airdock.stores.memory import MemoryStore


async def test_an_entry_is_added_once_until_it_expires() -> None:
    store = MemoryStore()
    assert await store.add("s", "k", b"1", 0, expires=10)
    assert not await store.add("s", "k", b"2", 9)
    assert await store.add("s", "k", b"3", 10)


async def test_a_closed_group_that_is_renewed_is_not_claimed() -> None:
    store = MemoryStore()
    closed = (await store.append("s", "k", b"1", 0, close_at=1, note="size")).closed
    assert closed is not None
    assert closed.note == "size"
    assert await store.renew("s", closed.id, closed.attempt, 8)
    assert await store.claim("s", 10, 10) is None
    again = await store.claim("s", 18, 10)
    assert again == closed._replace(attempt=2)
    assert not await store.renew("s", closed.id, closed.attempt, 19)
    await store.confirm("s", closed.id)
    assert not await store.renew("s", closed.id, 2, 20)


async def test_a_group_is_closed_by_its_bytes() -> None:
    store = MemoryStore()
    assert await store.append("s", "k", b"12", 0, close_at_bytes=4) == (1, None)
    size, closed = await store.append("s", "k", b"34", 0, close_at=9, close_at_bytes=4)
    assert (size, closed and closed.items) == (2, [b"12", b"34"])


async def test_no_more_groups_are_opened_than_may_be() -> None:
    store = MemoryStore()
    assert await store.append("s", "a", b"1", 0, most=1) == (1, None)
    assert await store.append("s", "b", b"1", 0, most=1) == (0, None)
    assert await store.append("s", "a", b"2", 0, most=1) == (2, None)
    assert await store.groups("s") == ["a"]
