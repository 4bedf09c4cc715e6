"""Values that are kept for a while, within a bound."""

from collections import OrderedDict

OVERHEAD = 200
"""Bytes that an entry takes beside its value."""


class KeptValues:
    """Values of this process by key. Beyond the bounds, those go that were used least lately."""

    def __init__(self, most: int, most_bytes: int) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[str, tuple[bytes, float]] = OrderedDict()

    def get(self, key: str, now: float) -> bytes | None:
        """The value, if its time is not over."""
        found = self._kept.get(key)
        if found is None:
            return None
        if found[1] <= now:
            self._remove(key)
            return None
        self._kept.move_to_end(key)
        return found[0]

    def put(self, key: str, value: bytes, until: float) -> None:
        """Keeps a value, in place of another one of that key; one that alone is beyond the bound is not kept."""
        if key in self._kept:
            self._remove(key)
        size = _size(key, value)
        if size > self._most_bytes:
            return
        self._kept[key] = (value, until)
        self._bytes += size
        while len(self._kept) > self._most or self._bytes > self._most_bytes:
            self._remove(next(iter(self._kept)))

    def _remove(self, key: str) -> None:
        value, _ = self._kept.pop(key)
        self._bytes -= _size(key, value)


def _size(key: str, value: bytes) -> int:
    return len(key) + len(value) + OVERHEAD
