"""Since when files are as they are."""

from collections.abc import Iterable
from typing import NamedTuple

from airdock.connectors.file.paths import Found


class Ripe(NamedTuple):
    """Files that may be taken, and the seconds until another may be; None where none waits."""

    files: list[Found]
    wait: float | None


class Sightings:
    """Tells files that are whole from those that are being written still, by looking at them more than once.

    The time of a file's last change is one that its writer can set, of another machine's clock; that a file did not
    change between two looks is what one's own eyes have seen.
    """

    def __init__(self, settle: float, min_age: float) -> None:
        """
        Args:
            settle: Seconds for which a file must not have changed, as it was seen here.
            min_age: Seconds since its last change, as it was seen here or as its time says.
        """
        self._settle = settle
        self._min_age = min_age
        self._seen: dict[str, tuple[Found, float]] = {}

    def look(self, files: Iterable[Found], now: float, unix: float) -> Ripe:
        """Takes in all files that there are.

        Args:
            now: Seconds of a clock that never goes backwards. unix: Unix time.
        """
        seen: dict[str, tuple[Found, float]] = {}
        ripe: list[Found] = []
        waits: list[float] = []
        for found in files:
            before = self._seen.get(found.path)
            since = before[1] if before is not None and before[0] == found else now
            seen[found.path] = (found, since)
            settled = since + self._settle - now
            aged = min(since - now, found.modified - unix) + self._min_age
            wait = max(settled, aged)
            if wait <= 0:
                ripe.append(found)
            else:
                waits.append(wait)
        self._seen = seen
        return Ripe(ripe, min(waits, default=None))
