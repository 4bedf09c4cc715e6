"""What every store of state does, by its contract."""

import asyncio

import pytest

from airdock.state import Appended, StateStore

KEYS = ["", "k", "ключ", "\x00", "\ud800", "a" * 200, "a" * 201, "b" * 100_000, "\xff" * 300]


async def test_an_entry_is_added_once_until_it_expires(store: StateStore) -> None:
    assert await store.add("s", "k", b"1", 0, expires=10)
    assert not await store.add("s", "k", b"2", 9)
    assert (await store.get("s", "k", 9)) is not None
    assert await store.get("s", "k", 10) is None
    assert await store.add("s", "k", b"3", 10)
    entry = await store.get("s", "k", 1e12)
    assert entry is not None
    assert (entry.value, entry.expires) == (b"3", None)


async def test_what_is_put_replaces_what_is_there(store: StateStore) -> None:
    await store.put("s", "k", b"1", expires=10)
    first = await store.get("s", "k", 0)
    await store.put("s", "k", b"2")
    second = await store.get("s", "k", 20)
    assert first is not None
    assert second is not None
    assert (first.value, first.expires, second.value, second.expires) == (b"1", 10, b"2", None)
    assert first.revision != second.revision


async def test_an_entry_is_replaced_only_at_its_revision(store: StateStore) -> None:
    first = await store.add("s", "k", b"1", 0)
    second = await store.replace("s", "k", b"2", first, 0, expires=5)
    assert second
    assert second != first
    assert not await store.replace("s", "k", b"3", first, 0)
    assert not await store.replace("s", "none", b"3", second, 0)
    assert await store.get("s", "k", 4) == (b"2", second, 5)
    assert not await store.replace("s", "k", b"3", second, 5)


async def test_a_revision_is_not_given_again_after_an_entry_was_removed(store: StateStore) -> None:
    seen = set()
    for _ in range(5):
        seen.add(await store.add("s", "k", b"", 0))
        assert await store.remove("s", "k")
    assert len(seen) == 5


async def test_an_entry_is_removed_only_at_a_revision_that_is_given(store: StateStore) -> None:
    revision = await store.add("s", "k", b"1", 0)
    assert not await store.remove("s", "k", revision + 1)
    assert not await store.remove("s", "none")
    assert await store.remove("s", "k", revision)
    assert not await store.remove("s", "k", revision)
    assert await store.get("s", "k", 0) is None


async def test_spaces_know_nothing_of_each_other(store: StateStore) -> None:
    await store.put("s", "k", b"1")
    await store.append("s", "k", b"1", 0)
    assert await store.get("t", "k", 0) is None
    assert await store.items("t", "k") == []
    assert await store.count("t", 0) == 0
    assert await store.count("s", 0) == 2


@pytest.mark.parametrize("key", KEYS, ids=range(len(KEYS)))
async def test_every_text_is_a_key(store: StateStore, key: str) -> None:
    for other in KEYS:
        await store.put("s", other, b"other")
        await store.append("s", other, b"other", 0)
    await store.put("s", key, b"own")
    await store.append("s", key, b"own", 0)
    entry = await store.get("s", key, 0)
    assert entry is not None
    assert entry.value == b"own"
    assert await store.items("s", key) == [b"other", b"own"]
    assert sorted(found for found, _ in await store.entries("s", 0)) == sorted(KEYS)
    assert sorted(await store.groups("s")) == sorted(KEYS)
    closed = await store.close("s", key, 0)
    assert closed is not None
    assert closed.key == key
    again = await store.claim("s", 10, 5)
    assert again is not None
    assert again.key == key


async def test_entries_come_page_by_page(store: StateStore) -> None:
    keys = [*KEYS, *(f"k{number}" for number in range(30))]
    for key in keys:
        await store.add("s", key, key.encode("utf-8", "replace"), 0)
    await store.add("s", "expired", b"", 0, expires=1)
    found: list[str] = []
    while page := await store.entries("s", 1, found[-1] if found else None, 7):
        assert all(entry.value == key.encode("utf-8", "replace") for key, entry in page)
        found += [key for key, _ in page]
        await store.remove("s", found[-1])
    assert sorted(found) == sorted(keys)


async def test_entries_by_when_they_expire(store: StateStore) -> None:
    for key, expires in (("c", 30.0), ("a", 10.0), ("never", None), ("b", 20.0)):
        await store.add("s", key, b"", 0, expires=expires)
    assert await store.expiring("s") == ["a"]
    await store.put("s", "a", b"", expires=25)
    assert await store.expiring("s", 10) == ["b", "a", "c"]
    assert await store.expiring("s", 10) == ["b", "a", "c"]
    await store.remove("s", "a")
    assert await store.expiring("s", 2) == ["b", "c"]
    assert await store.expiring("t") == []


async def test_what_is_there_is_counted(store: StateStore) -> None:
    await store.add("s", "a", b"", 0, expires=5)
    await store.add("s", "b", b"", 0)
    await store.append("s", "g", b"", 0)
    await store.append("s", "g", b"", 0)
    assert await store.count("s", 4) == 3
    assert await store.count("s", 5) == 2
    await store.close("s", "g", 5)
    assert await store.count("s", 5) == 1


async def test_a_group_has_its_items_in_order_and_closes_at_a_size(store: StateStore) -> None:
    assert await store.append("s", "k", b"1", 0, close_at=3) == (1, None)
    assert await store.append("s", "k", b"", 0, close_at=3) == (2, None)
    assert await store.items("s", "k") == [b"1", b""]
    size, closed = await store.append("s", "k", b"\x00", 0, close_at=3, note="size")
    assert size == 3
    assert closed is not None
    assert closed == (closed.id, "k", [b"1", b"", b"\x00"], 1, "size")
    assert await store.items("s", "k") == []
    assert await store.append("s", "k", b"4", 0, close_at=3) == (1, None)


async def test_a_group_is_closed_by_its_bytes(store: StateStore) -> None:
    assert await store.append("s", "k", b"12", 0, close_at_bytes=4) == (1, None)
    size, closed = await store.append("s", "k", b"34", 0, close_at=9, close_at_bytes=4)
    assert (size, closed and closed.items) == (2, [b"12", b"34"])


async def test_no_more_groups_are_opened_than_may_be(store: StateStore) -> None:
    for number in range(20):
        assert await store.append("s", str(number), b"1", 0, most=20) == (1, None)
    assert await store.append("s", "b", b"1", 0, most=20) == Appended(0)
    assert await store.append("s", "7", b"2", 0, most=20) == (2, None)
    assert "b" not in await store.groups("s")
    await store.close("s", "7", 0)
    assert await store.append("s", "b", b"1", 0, most=20) == (1, None)
    assert await store.append("s", "c", b"1", 0, most=20) == Appended(0)
    assert await store.append("t", "c", b"1", 0, most=20) == (1, None)


async def test_a_group_is_closed_by_one(store: StateStore) -> None:
    await store.append("s", "k", b"1", 0)
    closed = await store.close("s", "k", 0, note="by hand")
    assert closed is not None
    assert (closed.key, closed.items, closed.attempt, closed.note) == ("k", [b"1"], 1, "by hand")
    assert await store.close("s", "k", 0) is None
    assert await store.close("s", "none", 0) is None


async def test_a_group_is_closed_only_if_it_is_due(store: StateStore) -> None:
    await store.append("s", "k", b"1", 0)
    assert await store.close("s", "k", 0, due_by=1e9) is None
    await store.append("s", "k", b"2", 0, due=10)
    assert await store.close("s", "k", 0, due_by=9) is None
    await store.append("s", "k", b"3", 0)
    assert await store.close("s", "k", 0, due_by=9) is None
    await store.append("s", "k", b"4", 0, due=20)
    assert await store.close("s", "k", 0, due_by=19) is None
    assert await store.close("s", "k", 0, due_by=20) is not None


async def test_groups_by_when_they_are_due(store: StateStore) -> None:
    for key, due in (("c", 30.0), ("never", None), ("a", 10.0), ("b", 20.0)):
        await store.append("s", key, b"", 0, due=due)
    await store.append("s", "c", b"", 0, due=5)
    await store.append("s", "a", b"", 0, due=40)
    assert await store.groups("s") == ["c", "b", "a", "never"]
    assert await store.groups("s", limit=2) == ["c", "b"]
    assert await store.groups("s", due_by=20) == ["c", "b"]
    assert await store.groups("s", due_by=4.9) == []
    await store.close("s", "c", 0)
    await store.append("s", "c", b"", 0, due=20)
    assert await store.groups("s", due_by=20) == ["b", "c"]
    assert await store.groups("t") == []


async def test_a_closed_group_is_claimed_again_and_again_until_it_is_confirmed(store: StateStore) -> None:
    closed = (await store.append("s", "k", b"1", 0, close_at=1, note="size")).closed
    assert closed is not None
    assert await store.claim("s", 9, 10) is None
    assert await store.claim("t", 100, 10) is None
    second = await store.claim("s", 10, 10)
    assert second == closed._replace(attempt=2)
    assert await store.claim("s", 19, 10) is None
    assert await store.claim("s", 20, 10) == closed._replace(attempt=3)
    await store.confirm("t", closed.id)
    assert await store.claim("s", 30, 10) == closed._replace(attempt=4)
    await store.confirm("s", closed.id)
    await store.confirm("s", closed.id)
    await store.confirm("s", "no id")
    assert await store.claim("s", 1000, 10) is None


async def test_the_group_that_waits_longest_is_claimed_first(store: StateStore) -> None:
    for number in range(3):
        await store.append("s", str(number), b"", number, close_at=1)
    claimed = [await store.claim("s", 12, 10) for _ in range(4)]
    assert [each and each.key for each in claimed] == ["0", "1", "2", None]


async def test_a_closed_group_that_is_renewed_is_not_claimed(store: StateStore) -> None:
    closed = (await store.append("s", "k", b"1", 0, close_at=1)).closed
    assert closed is not None
    assert not await store.renew("t", closed.id, 1, 8)
    assert await store.renew("s", closed.id, 1, 8)
    assert await store.claim("s", 10, 10) is None
    assert await store.claim("s", 18, 10) == closed._replace(attempt=2)
    assert not await store.renew("s", closed.id, 1, 19)
    assert await store.renew("s", closed.id, 2, 19)
    await store.confirm("s", closed.id)
    assert not await store.renew("s", closed.id, 2, 20)
    assert not await store.renew("s", "no id", 1, 20)


async def test_the_items_of_a_closed_group_are_the_callers(store: StateStore) -> None:
    closed = (await store.append("s", "k", b"1", 0, close_at=1)).closed
    assert closed is not None
    closed.items.clear()
    claimed = await store.claim("s", 10, 5)
    assert claimed is not None
    assert claimed.items == [b"1"]


async def test_an_id_is_given_once(store: StateStore) -> None:
    seen = set()
    for _ in range(3):
        closed = (await store.append("s", "k", b"", 0, close_at=1)).closed
        assert closed is not None
        seen.add(closed.id)
        await store.confirm("s", closed.id)
    assert len(seen) == 3


async def test_of_many_at_once_one_adds_and_one_closes(store: StateStore) -> None:
    added = await asyncio.gather(*(store.add("s", "k", b"", 0) for _ in range(50)))
    assert len([revision for revision in added if revision]) == 1
    await store.append("s", "k", b"1", 0)
    closed = await asyncio.gather(*(store.close("s", "k", 0) for _ in range(50)))
    assert len([group for group in closed if group is not None]) == 1
    claimed = await asyncio.gather(*(store.claim("s", 10, 5) for _ in range(50)))
    assert len([group for group in claimed if group is not None]) == 1


async def test_what_many_append_at_once_is_in_one_group_each(store: StateStore) -> None:
    numbers = range(300)
    appended = await asyncio.gather(*(store.append("s", "k", b"%d" % number, 0, close_at=100) for number in numbers))
    groups = [each.closed for each in appended if each.closed is not None]
    assert [len(group.items) for group in groups] == [100] * 3
    assert sorted(int(item) for group in groups for item in group.items) == list(numbers)


async def test_what_is_called_first_is_done_first(store: StateStore) -> None:
    first, second = store.put("s", "k", b"1"), store.put("s", "k", b"2")
    await asyncio.gather(first, store.append("s", "k", b"1", 0), second, store.append("s", "k", b"2", 0))
    entry = await store.get("s", "k", 0)
    assert entry is not None
    assert entry.value == b"2"
    assert await store.items("s", "k") == [b"1", b"2"]


async def test_large_values_and_items(store: StateStore) -> None:
    large = bytes(range(256)) * 8192
    await store.put("s", "k", large)
    await store.append("s", "k", large, 0)
    entry = await store.get("s", "k", 0)
    assert entry is not None
    assert entry.value == large
    assert await store.items("s", "k") == [large]
