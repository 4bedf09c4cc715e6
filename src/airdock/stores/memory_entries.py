"""The entries of a space in memory."""

from heapq import heapify, heappop, heappush, nsmallest

from airdock.state import Entry

_SLACK = 1000

# A plain tuple is made in a fraction of an entry's time, and is nothing to the garbage collector.
_Kept = tuple[bytes, int, float | None]


class Entries:
    """Entries by key, and which of them expire first."""

    __slots__ = ("_entries", "_expiring")

    def __init__(self) -> None:
        self._entries: dict[str, _Kept] = {}
        # Of entries that were replaced or removed since, too: a revision that is not the entry's tells so.
        self._expiring: list[tuple[float, int, str]] = []

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: str, now: float) -> Entry | None:
        kept = self._entries.get(key)
        if kept is None:
            return None
        if kept[2] is not None and kept[2] <= now:
            del self._entries[key]
            return None
        return Entry._make(kept)

    def add(self, key: str, value: bytes, revision: int, now: float, expires: float | None) -> int:
        """The revision, 0 where there is an entry."""
        entries, expiring = self._entries, self._expiring
        if expiring and expiring[0][0] <= now:
            self.forget(now)
        if key in entries:
            return 0
        entries[key] = (value, revision, expires)
        if expires is not None:
            heappush(expiring, (expires, revision, key))
        return revision

    def put(self, key: str, value: bytes, revision: int, expires: float | None) -> int:
        """The revision."""
        self._entries[key] = (value, revision, expires)
        if expires is not None:
            heappush(self._expiring, (expires, revision, key))
        self._tidy_up()
        return revision

    def remove(self, key: str, revision: int | None) -> bool:
        kept = self._entries.get(key)
        if kept is None or (revision is not None and kept[1] != revision):
            return False
        del self._entries[key]
        self._tidy_up()
        return True

    def page(self, now: float, after: str | None, limit: int) -> list[tuple[str, Entry]]:
        self.forget(now)
        behind = (item for item in self._entries.items() if after is None or item[0] > after)
        return [(key, Entry._make(kept)) for key, kept in nsmallest(limit, behind, key=lambda item: item[0])]

    def expiring(self, limit: int) -> list[str]:
        found: list[tuple[float, int, str]] = []
        while self._expiring and len(found) < limit:
            first = heappop(self._expiring)
            if self._is_of_entry(first):
                found.append(first)
        for each in found:
            heappush(self._expiring, each)
        return [key for _, _, key in found]

    def forget(self, now: float) -> None:
        """Forgets what has expired, at the cost of what is forgotten."""
        expiring = self._expiring
        while expiring and expiring[0][0] <= now:
            first = heappop(expiring)
            if self._is_of_entry(first):
                del self._entries[first[2]]

    def _tidy_up(self) -> None:
        """Called when an entry is replaced or removed: takes out what is no entry's any more, where that is much."""
        if len(self._expiring) > 2 * len(self._entries) + _SLACK:
            self._expiring = [each for each in self._expiring if self._is_of_entry(each)]
            heapify(self._expiring)

    def _is_of_entry(self, expiry: tuple[float, int, str]) -> bool:
        kept = self._entries.get(expiry[2])
        return kept is not None and kept[1] == expiry[1]
