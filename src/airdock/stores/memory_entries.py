"""The entries of a space in memory."""

from heapq import heapify, heappop, heappush, nsmallest

from airdock.state import Entry

_SLACK = 1000


class Entries:
    """Entries by key, and which of them expire first."""

    __slots__ = ("_entries", "_expiring")

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        # Of entries that were replaced or removed since, too: a revision that is not the entry's tells so.
        self._expiring: list[tuple[float, int, str]] = []

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: str, now: float) -> Entry | None:
        entry = self._entries.get(key)
        if entry is not None and _over(entry, now):
            del self._entries[key]
            return None
        return entry

    def put(self, key: str, entry: Entry) -> int:
        """Its revision."""
        self._entries[key] = entry
        if entry.expires is not None:
            heappush(self._expiring, (entry.expires, entry.revision, key))
            if len(self._expiring) > 2 * len(self._entries) + _SLACK:
                self._expiring = [each for each in self._expiring if self._is_of_entry(each)]
                heapify(self._expiring)
        return entry.revision

    def remove(self, key: str, revision: int | None) -> bool:
        entry = self._entries.get(key)
        if entry is None or (revision is not None and entry.revision != revision):
            return False
        del self._entries[key]
        return True

    def page(self, now: float, after: str | None, limit: int) -> list[tuple[str, Entry]]:
        self.forget(now)
        return nsmallest(
            limit,
            (item for item in self._entries.items() if after is None or item[0] > after),
            key=lambda item: item[0],
        )

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

    def _is_of_entry(self, expiry: tuple[float, int, str]) -> bool:
        entry = self._entries.get(expiry[2])
        return entry is not None and entry.revision == expiry[1]


def _over(entry: Entry, now: float) -> bool:
    return entry.expires is not None and entry.expires <= now
