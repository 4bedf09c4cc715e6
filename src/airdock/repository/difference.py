"""Which files are not the same on two sides."""

from collections.abc import Mapping

import msgspec

from airdock.repository.manifest import FileInfo


class Difference(msgspec.Struct, frozen=True):
    """What must be done to the first side to get the second one: paths, each sorted. Without any it is false."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)

    @property
    def count(self) -> int:
        """How many files differ."""
        return len(self.added) + len(self.changed) + len(self.removed)


def compare(before: Mapping[str, FileInfo], after: Mapping[str, FileInfo]) -> Difference:
    """The difference of two manifests."""
    return Difference(
        added=tuple(sorted(after.keys() - before.keys())),
        changed=tuple(sorted(path for path in after.keys() & before.keys() if after[path].etag != before[path].etag)),
        removed=tuple(sorted(before.keys() - after.keys())),
    )
