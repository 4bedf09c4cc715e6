"""What a listener of a folder cannot do though it listens, in a sentence for operators."""

import logging
from collections.abc import Collection

from airdock.connectors.file.drop.selection import MOST
from airdock.errors import FlowError
from airdock.spec.clock import Clock

log = logging.getLogger("airdock.connectors")

_AGAIN = 30.0
"""Seconds between two attempts to read a file that cannot be read."""
_MOST_TOLD = 3


class Trouble:
    """Collects it; what is new is logged once.

    Attributes:
        text: All of it, for any thread; empty for nothing. stuck: Of files that cannot be put away.
    """

    def __init__(self, name: str, clock: Clock) -> None:
        """`name`: of the connection."""
        self.text = ""
        self.stuck = ""
        self._name = name
        self._clock = clock
        self._refused: list[str] = []
        self._unreadable: dict[str, tuple[FlowError, float]] = {}
        self._whole = True

    def saw(self, paths: Collection[str], refused: list[str], whole: bool) -> None:
        """What a look saw: the paths of all files, those that no message can tell of, and whether that was all."""
        news = sorted(set(refused) - set(self._refused))
        if news:
            log.warning(
                "%s: files stay where they are, as no message can tell their names: %s", self._name, _some(news)
            )
        self._refused, self._whole = sorted(refused), whole
        self._unreadable = {path: each for path, each in self._unreadable.items() if path in paths}
        self.tell()

    def cannot_read(self, path: str, error: FlowError) -> None:
        """A file cannot be read now."""
        if path not in self._unreadable:
            log.warning("%s: %r cannot be read: %s", self._name, path, error)
        self._unreadable[path] = (error, self._clock.monotonic() + _AGAIN)
        self.tell()

    def can_read(self, path: str) -> None:
        """A file was read."""
        if self._unreadable.pop(path, None) is not None:
            self.tell()

    def may_read(self, path: str) -> bool:
        """Whether it is time to try to read a file."""
        _, not_before = self._unreadable.get(path, (None, 0.0))
        return self._clock.monotonic() >= not_before

    def tell(self) -> None:
        """Puts the sentence together."""
        told = [self.stuck] if self.stuck else []
        if self._unreadable:
            error = next(iter(self._unreadable.values()))[0]
            told.append(f"{_files(len(self._unreadable))} cannot be read, which is tried again: {error}")
        if self._refused:
            some = _some(self._refused)
            told.append(f"{_files(len(self._refused))} passed over, as no message can tell their names: {some}")
        if not self._whole:
            told.append(f"the folder has more than {MOST} files, and what is beyond is not seen yet")
        self.text = "; ".join(told)


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"


def _some(paths: list[str]) -> str:
    return ", ".join(repr(path[:100]) for path in paths[:_MOST_TOLD])
