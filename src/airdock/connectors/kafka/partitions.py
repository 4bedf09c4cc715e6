"""What a member of a group has in hand of a partition."""

from typing import Any

from airdock.connectors.broker.ordered import Ordered
from airdock.spec.trigger import Arrival

AHEAD = 100
"""So many offsets are noted at once as those that may have been given."""
_NOTE = "airdock:"


class Partition:
    """A partition, from when it was taken up until it goes to another member.

    The group keeps a note beside its offset: up to where messages may have been given to somebody. It is committed
    before they are, so that whoever takes the partition up knows which ones may be known already.

    Attributes:
        next: The offset behind the last message that was given. finished: All before it is worked off.
        may_be_known: Messages before it may have been given to somebody before the partition was taken up.
    """

    def __init__(self, start: int, saved: tuple[int, str] | None = None) -> None:
        """`saved`: what the group has committed."""
        self.next = self.finished = start
        self._saved = saved
        self.may_be_known = self._noted = max(read_note(saved[1]) if saved else 0, start)
        self._open: Ordered[int] = Ordered()
        self._arrivals: dict[int, Arrival] = {}

    @property
    def open(self) -> int:
        """How many messages are neither accepted nor given back."""
        return len(self._arrivals)

    @property
    def span(self) -> int:
        """How many offsets lie between the first that is open and the last that was given."""
        return self.next - self.finished

    def has(self, offset: int) -> bool:
        return offset in self._arrivals

    def is_noted(self, offset: int) -> bool:
        return offset < self._noted

    def note(self, offset: int) -> None:
        """An offset, and some behind it, will be given; it is to be committed first."""
        self._noted = offset + AHEAD

    def gave(self, offset: int, arrival: Arrival) -> None:
        self._open.came(offset)
        self._arrivals[offset] = arrival
        self.next = offset + 1

    def done(self, offset: int) -> bool:
        """A message was worked off; whether there is more to commit now."""
        self._arrivals.pop(offset, None)
        ready = self._open.done(offset)
        if ready:
            self.finished = ready[-1] + 1
        return bool(ready)

    def rest(self) -> None:
        """Nothing more is given for now: beyond what was, nothing may be known."""
        self._noted = max(self.next, self.finished)

    def withdraw(self) -> None:
        """It goes to another member: what of it has not begun is not to begin."""
        for arrival in self._arrivals.values():
            arrival.withdrawn = True
        self._arrivals.clear()

    # What the group keeps.

    @property
    def unsaved(self) -> tuple[int, str] | None:
        """What is to be committed, an offset and a note; None if it is committed already."""
        now = self.finished, f"{_NOTE}{max(self._noted, self.finished)}"
        return now if now != self._saved else None

    def saved(self, what: tuple[int, str]) -> None:
        """This is committed."""
        self._saved = what

    def goes_on(self, committed: int) -> bool:
        """Whether what is in hand still fits what the group has committed, perhaps by another member."""
        return self._saved is not None and self._saved[0] <= committed <= self.finished


def read_note(note: Any) -> int:
    """The offset that a note has; 0 for the notes of others."""
    text = note.removeprefix(_NOTE) if isinstance(note, str) and note.startswith(_NOTE) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
