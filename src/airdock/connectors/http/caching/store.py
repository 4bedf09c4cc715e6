"""Where answers are kept: in the memory of a process, up to a size."""

from collections import OrderedDict
from collections.abc import Mapping
from itertools import accumulate

from airdock.connectors.http.caching.entry import Entry

Apart = tuple[tuple[str, str], ...]
"""What says who asked, beyond the connection itself."""
Key = tuple[str, Apart]
"""The address that was asked, and who asked."""

_VARIANTS = 32
"""So many answers of one address are kept that depend on what was asked; the oldest ones go."""


class Store:
    """Entries by their keys; what was used least recently goes when there are too many bytes."""

    def __init__(self, most: int) -> None:
        self.size = 0
        self._most = most
        self._kept: OrderedDict[Key, list[Entry]] = OrderedDict()
        self._keys: dict[str, set[Key]] = {}

    def find(self, key: Key, headers: Mapping[str, str]) -> Entry | None:
        """The latest entry that stands for a request with these headers, by lower-case names."""
        variants = self._kept.get(key)
        if variants is None:
            return None
        self._kept.move_to_end(key)
        return next((entry for entry in variants if entry.stands_for(headers)), None)

    def __contains__(self, key: Key) -> bool:
        return key in self._kept

    def keep(self, key: Key, entry: Entry) -> bool:
        """Puts an entry in the place of those for the same requests; tells whether it is small enough to be kept."""
        variants = self._kept.pop(key, [])
        others = [each for each in variants if each.nominated != entry.nominated]
        fits = entry.size <= self._most
        self.size -= sum(each.size for each in variants)
        left = self._fitting([entry, *others]) if fits else others
        if left:
            self._kept[key] = left
            self._keys.setdefault(key[0], set()).add(key)
            self.size += sum(each.size for each in left)
        else:
            self._forget_key(key)
        while self.size > self._most:
            oldest, gone = self._kept.popitem(last=False)
            self.size -= sum(each.size for each in gone)
            self._forget_key(oldest)
        return fits

    def drop(self, key: Key, entry: Entry) -> None:
        """Takes an entry away, if it is still there."""
        variants = self._kept.get(key, [])
        left = [each for each in variants if each is not entry]
        if len(left) == len(variants):
            return
        self.size -= entry.size
        if left:
            self._kept[key] = left
        else:
            del self._kept[key]
            self._forget_key(key)

    def forget(self, url: str) -> None:
        """Takes away all entries of an address, whoever asked."""
        for key in self._keys.pop(url, ()):
            self.size -= sum(each.size for each in self._kept.pop(key))

    def _fitting(self, variants: list[Entry]) -> list[Entry]:
        """As many of the latest ones as there is room for."""
        sizes = accumulate(each.size for each in variants)
        return [each for each, size in zip(variants[:_VARIANTS], sizes, strict=False) if size <= self._most]

    def _forget_key(self, key: Key) -> None:
        keys = self._keys.get(key[0])
        if keys is not None:
            keys.discard(key)
            if not keys:
                del self._keys[key[0]]
