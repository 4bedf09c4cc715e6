"""State in the memory of the process."""

from collections import OrderedDict
from itertools import count
from typing import NamedTuple

from airdock.state import Appended, Closed, Entry
from airdock.stores.memory_entries import Entries
from airdock.stores.memory_groups import Groups


class _Kept(NamedTuple):
    """A closed group and when it was closed, claimed or renewed last."""

    group: Closed
    at: float


class _Space:
    __slots__ = ("closed", "entries", "groups")

    def __init__(self) -> None:
        self.entries = Entries()
        self.groups = Groups()
        self.closed: OrderedDict[str, _Kept] = OrderedDict()


class MemoryStore:
    """A `StateStore` within one event loop. Nothing outlives the process."""

    def __init__(self) -> None:
        self._spaces: dict[str, _Space] = {}
        self._numbers = count(1)

    def _space(self, name: str) -> _Space:
        space = self._spaces.get(name)
        if space is None:
            space = self._spaces[name] = _Space()
        return space

    async def get(self, space: str, key: str, now: float) -> Entry | None:
        return self._space(space).entries.get(key, now)

    async def add(self, space: str, key: str, value: bytes, now: float, expires: float | None = None) -> int:
        kept = self._spaces.get(space) or self._space(space)
        return kept.entries.add(key, value, next(self._numbers), now, expires)

    async def put(self, space: str, key: str, value: bytes, expires: float | None = None) -> None:
        self._space(space).entries.put(key, value, next(self._numbers), expires)

    async def replace(
        self, space: str, key: str, value: bytes, revision: int, now: float, expires: float | None = None
    ) -> int:
        entries = self._space(space).entries
        entry = entries.get(key, now)
        if entry is None or entry.revision != revision:
            return 0
        return entries.put(key, value, next(self._numbers), expires)

    async def remove(self, space: str, key: str, revision: int | None = None) -> bool:
        return self._space(space).entries.remove(key, revision)

    async def entries(
        self, space: str, now: float, after: str | None = None, limit: int = 100
    ) -> list[tuple[str, Entry]]:
        return self._space(space).entries.page(now, after, limit)

    async def expiring(self, space: str, limit: int = 1) -> list[str]:
        return self._space(space).entries.expiring(limit)

    async def count(self, space: str, now: float) -> int:
        kept = self._space(space)
        kept.entries.forget(now)
        return len(kept.entries) + len(kept.groups)

    async def append(
        self,
        space: str,
        key: str,
        item: bytes,
        now: float,
        *,
        due: float | None = None,
        close_at: int | None = None,
        close_at_bytes: int | None = None,
        note: str = "",
        most: int | None = None,
    ) -> Appended:
        kept = self._space(space)
        group = kept.groups.open(key, most)
        if group is None:
            return Appended(0)
        group.items.append(item)
        group.bytes += len(item)
        if due is not None:
            kept.groups.due_at(key, group, due)
        size = len(group.items)
        if (close_at is not None and size >= close_at) or (
            close_at_bytes is not None and group.bytes >= close_at_bytes
        ):
            return Appended(size, self._close(kept, key, now, note))
        return Appended(size)

    async def items(self, space: str, key: str) -> list[bytes]:
        group = self._space(space).groups.get(key)
        return list(group.items) if group is not None else []

    async def close(
        self, space: str, key: str, now: float, *, due_by: float | None = None, note: str = ""
    ) -> Closed | None:
        kept = self._space(space)
        group = kept.groups.get(key)
        if group is None or (due_by is not None and (group.due is None or group.due > due_by)):
            return None
        return self._close(kept, key, now, note)

    async def groups(self, space: str, *, due_by: float | None = None, limit: int = 100) -> list[str]:
        return self._space(space).groups.first(due_by, limit)

    async def claim(self, space: str, now: float, idle: float) -> Closed | None:
        kept = self._space(space).closed
        for id, (group, at) in kept.items():
            if at + idle <= now:
                again = group._replace(attempt=group.attempt + 1)
                kept[id] = _Kept(again, now)
                kept.move_to_end(id)
                return _copied(again)
        return None

    async def renew(self, space: str, id: str, attempt: int, now: float) -> bool:
        kept = self._space(space).closed
        held = kept.get(id)
        if held is None or held.group.attempt != attempt:
            return False
        kept[id] = held._replace(at=now)
        kept.move_to_end(id)
        return True

    async def confirm(self, space: str, id: str) -> None:
        self._space(space).closed.pop(id, None)

    def _close(self, space: _Space, key: str, now: float, note: str) -> Closed:
        group = Closed(str(next(self._numbers)), key, space.groups.take(key), note=note)
        space.closed[group.id] = _Kept(group, now)
        return _copied(group)


def _copied(group: Closed) -> Closed:
    """For a caller, who may do with the list what it likes."""
    return group._replace(items=group.items.copy())
