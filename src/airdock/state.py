"""What stateful patterns keep between messages: the contract of the stores that hold it."""

from typing import NamedTuple, Protocol


class Entry(NamedTuple):
    """A value and its revision: a number from 1 on, which no write of the key gives again."""

    value: bytes
    revision: int
    expires: float | None = None


class Closed(NamedTuple):
    """A group that takes no more items, with all of them in the order in which they came; what is appended to its key
    from then on makes a new group.

    Attributes:
        id: Names it for `confirm`; no other group of the store ever gets it. key: Of the group.
        items: What was appended.
        attempt: 1 when it was closed, one more each time it is claimed again.
        note: What was given when it was closed.
    """

    id: str
    key: str
    items: list[bytes]
    attempt: int = 1
    note: str = ""


class Appended(NamedTuple):
    """What an append did: the size of the group now (0: nothing was done), and the group if this item closed it."""

    size: int
    closed: Closed | None = None


class StateStore(Protocol):
    """Entries by key, and groups of items by key, each in a space of its own.

    A space is the state of one step (`Compiler.space`). Keys are any texts of any length, the empty one and those that
    are not Unicode included; one may be an entry and a group at once. Values and items are any bytes.
    Times are Unix times in seconds, by the clock of the caller; none is "not a number". Every method does one thing,
    wholly or not at all, and its effect is seen by all processes that share the store; when it has returned, the
    effect outlives them if the store is durable. Calls for one key have their effects in the order in which they were
    made. An entry that has expired is not there for what takes `now`; what it held goes at some time after.

    Every method raises `FlowError`: `state.unavailable` when the store cannot be used now, `state.unreadable` when what
    it gives was sealed with a key that is not at hand, or was altered. A call that is cancelled, or that raises, may
    have had its effect: where that matters, ask.
    """

    async def get(self, space: str, key: str, now: float) -> Entry | None:
        """The entry; None when there is none."""

    async def add(self, space: str, key: str, value: bytes, now: float, expires: float | None = None) -> int:
        """Makes an entry where there is none, and gives its revision; 0, and nothing done, where there is one. Of
        several at once, one makes it."""

    async def put(self, space: str, key: str, value: bytes, expires: float | None = None) -> None:
        """Makes an entry, or replaces the one that is there."""

    async def replace(
        self, space: str, key: str, value: bytes, revision: int, now: float, expires: float | None = None
    ) -> int:
        """Replaces the entry if it still has that revision, and gives the new one; 0, and nothing done, if not."""

    async def remove(self, space: str, key: str, revision: int | None = None) -> bool:
        """Removes the entry, if given only with that revision; whether it was there."""

    async def entries(
        self, space: str, now: float, after: str | None = None, limit: int = 100
    ) -> list[tuple[str, Entry]]:
        """Entries by key, in an order of the store's own that stays the same; those behind the key `after`, which need
        not be there any more."""

    async def expiring(self, space: str, limit: int = 1) -> list[str]:
        """Keys of the entries that expire first, those that have and were not forgotten yet included."""

    async def count(self, space: str, now: float) -> int:
        """How many entries there are, and how many open groups, together."""

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
        """Appends to the open group of the key; opens one where there is none.

        Args:
            due: When the group is due from now on; None leaves what is set.
            close_at: The size at which the group is closed by this append.
            close_at_bytes: The sum of its items' bytes at which it is, too.
            note: For `Closed.note`, if this closes it.
            most: So many groups may be open in the space; where it would be one more, nothing is done. Several
                processes that open groups at once may come to a few more.
        """

    async def items(self, space: str, key: str) -> list[bytes]:
        """The items of the open group; empty when there is none."""

    async def close(
        self, space: str, key: str, now: float, *, due_by: float | None = None, note: str = ""
    ) -> Closed | None:
        """Closes the open group of the key; None when there is none, or, with `due_by`, when it is due later."""

    async def groups(self, space: str, *, due_by: float | None = None, limit: int = 100) -> list[str]:
        """Keys of open groups, those due first at the front; with `due_by` only those due by then."""

    async def claim(self, space: str, now: float, idle: float) -> Closed | None:
        """A closed group that was neither confirmed, claimed nor renewed for `idle` seconds: whoever closed it is gone,
        or its work failed. It is the caller's now. None when there is none."""

    async def renew(self, space: str, id: str, attempt: int, now: float) -> bool:
        """Says that the work on a closed group goes on, as if it were claimed now; False, and nothing done, when it is
        not there, or claimed by another since this attempt began."""

    async def confirm(self, space: str, id: str) -> None:
        """The work on a closed group is done: it is forgotten. Nothing happens when it is not there."""


class Stores(NamedTuple):
    """The stores of a process.

    Attributes:
        memory: Of this process alone, and gone with it. durable: Outlives it, and is shared by all processes of the
            installation; the same as `memory` where nothing durable is at hand, as in tests.
    """

    memory: StateStore
    durable: StateStore
