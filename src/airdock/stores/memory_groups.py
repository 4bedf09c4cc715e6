"""The open groups of a space in memory."""

from heapq import heappop, heappush


class Group:
    """An open group.

    Attributes:
        bytes: Of its items, together. due: A Unix time or None. queued: The time under which it is looked up.
    """

    __slots__ = ("bytes", "due", "items", "queued")

    def __init__(self) -> None:
        self.items: list[bytes] = []
        self.bytes = 0
        self.due: float | None = None
        self.queued: float | None = None


class Groups:
    """Open groups by key, and which of them are due first.

    A group whose time is put off keeps its place until that comes up, so that this costs nothing.
    """

    __slots__ = ("_groups", "_queue")

    def __init__(self) -> None:
        self._groups: dict[str, Group] = {}
        self._queue: list[tuple[float, str]] = []

    def __len__(self) -> int:
        return len(self._groups)

    def get(self, key: str) -> Group | None:
        return self._groups.get(key)

    def open(self, key: str, most: int | None) -> Group | None:
        """The group, made if there is none; None where it would be one more than `most`."""
        group = self._groups.get(key)
        if group is None:
            if most is not None and len(self._groups) >= most:
                return None
            group = self._groups[key] = Group()
        return group

    def due_at(self, key: str, group: Group, due: float) -> None:
        group.due = due
        if group.queued is None or due < group.queued:
            group.queued = due
            heappush(self._queue, (due, key))
            if len(self._queue) > 2 * len(self._groups) + 1000:
                self._queue = sorted(
                    (each.queued, name) for name, each in self._groups.items() if each.queued is not None
                )

    def take(self, key: str) -> list[bytes]:
        """The items of a group, which is open no longer."""
        return self._groups.pop(key).items

    def first(self, due_by: float | None, limit: int) -> list[str]:
        """Keys of groups by when they are due, those that never are last; with `due_by` only those due by then."""
        found = self._due(due_by, limit)
        for each in found:
            heappush(self._queue, each)
        keys = [key for _, key in found]
        if due_by is None and len(keys) < limit:
            keys += sorted(key for key, group in self._groups.items() if group.due is None)[: limit - len(keys)]
        return keys

    def _due(self, due_by: float | None, limit: int) -> list[tuple[float, str]]:
        """Takes those that are due out of the queue."""
        found: list[tuple[float, str]] = []
        queue = self._queue
        while queue and len(found) < limit and (due_by is None or queue[0][0] <= due_by):
            first = heappop(queue)
            queued, key = first
            group = self._groups.get(key)
            if group is None or group.queued != queued or (found and found[-1] == first):
                continue
            if group.due != queued:
                group.queued = group.due
                heappush(queue, (group.due or 0.0, key))
            else:
                found.append(first)
        return found
