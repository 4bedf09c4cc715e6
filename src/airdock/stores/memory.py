"""State in the memory of the process."""

from collections import OrderedDict
from itertools import count
from typing import NamedTuple

from airdock.state import Appended, Closed, Entry


class _Group:
    """An open group; `due` is a Unix time or None."""

    __slots__ = ("bytes", "due", "items")

    def __init__(self) -> None:
        self.items: list[bytes] = []
        self.bytes = 0
        self.due: float | None = None


class _Kept(NamedTuple):
    """A closed group and when it was closed or last claimed."""

    group: Closed
    at: float


class _Space:
    __slots__ = ("closed", "entries", "groups", "swept")

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.groups: dict[str, _Group] = {}
        self.closed: OrderedDict[str, _Kept] = OrderedDict()
        self.swept = 1000


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
        return self._entry(self._space(space), key, now)

    async def add(self, space: str, key: str, value: bytes, now: float, expires: float | None = None) -> bool:
        kept = self._space(space)
        if self._entry(kept, key, now) is not None:
            return False
        if len(kept.entries) >= kept.swept:
            _sweep(kept, now)
        kept.entries[key] = Entry(value, next(self._numbers), expires)
        return True

    async def put(self, space: str, key: str, value: bytes, expires: float | None = None) -> None:
        self._space(space).entries[key] = Entry(value, next(self._numbers), expires)

    async def replace(
        self, space: str, key: str, value: bytes, revision: int, now: float, expires: float | None = None
    ) -> bool:
        kept = self._space(space)
        entry = self._entry(kept, key, now)
        if entry is None or entry.revision != revision:
            return False
        kept.entries[key] = Entry(value, next(self._numbers), expires)
        return True

    async def remove(self, space: str, key: str, revision: int | None = None) -> bool:
        entries = self._space(space).entries
        entry = entries.get(key)
        if entry is None or (revision is not None and entry.revision != revision):
            return False
        del entries[key]
        return True

    async def entries(self, space: str, now: float, after: str = "", limit: int = 100) -> list[tuple[str, Entry]]:
        found = sorted(item for item in self._space(space).entries.items() if item[0] > after)
        return [(key, entry) for key, entry in found if not _over(entry, now)][:limit]

    async def count(self, space: str, now: float) -> int:
        kept = self._space(space)
        _sweep(kept, now)
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
        group = kept.groups.get(key)
        if group is None:
            if most is not None and len(kept.groups) >= most:
                return Appended(0)
            group = kept.groups[key] = _Group()
        group.items.append(item)
        group.bytes += len(item)
        if due is not None:
            group.due = due
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
        forever = float("inf")
        found = [
            (group.due if group.due is not None else forever, key) for key, group in self._space(space).groups.items()
        ]
        return [key for due, key in sorted(found) if due_by is None or due <= due_by][:limit]

    async def claim(self, space: str, now: float, idle: float) -> Closed | None:
        kept = self._space(space)
        for id, (group, at) in kept.closed.items():
            if at + idle <= now:
                again = group._replace(attempt=group.attempt + 1)
                kept.closed[id] = _Kept(again, now)
                kept.closed.move_to_end(id)
                return again
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

    def _entry(self, space: _Space, key: str, now: float) -> Entry | None:
        entry = space.entries.get(key)
        if entry is not None and _over(entry, now):
            del space.entries[key]
            return None
        return entry

    def _close(self, space: _Space, key: str, now: float, note: str) -> Closed:
        group = Closed(str(next(self._numbers)), key, space.groups.pop(key).items, note=note)
        space.closed[group.id] = _Kept(group, now)
        return group


def _over(entry: Entry, now: float) -> bool:
    return entry.expires is not None and entry.expires <= now


def _sweep(space: _Space, now: float) -> None:
    """Forgets what has expired; as this takes time, only after the space has doubled."""
    for key in [key for key, entry in space.entries.items() if _over(entry, now)]:
        del space.entries[key]
    space.swept = max(1000, 2 * len(space.entries))
