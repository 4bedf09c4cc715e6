"""Order: work that has a key in common is done piece after piece, other work at once."""

from collections import deque
from collections.abc import Callable, Hashable

from airdock.triggers.listener.work import Work


class Lanes:
    """Lets work pass when nothing of the same keys is before it. For one event loop.

    All of a piece's keys are taken at once, so that no two pieces wait for each other.
    """

    def __init__(self, ready: Callable[[Work], None]) -> None:
        """`ready` is called with each piece when its turn has come."""
        self._ready = ready
        self._lanes: dict[Hashable, deque[Work]] = {}

    def add(self, work: Work) -> None:
        """Puts a piece behind all that is there with one of its keys."""
        lanes, behind = self._lanes, 0
        for key in work.keys:
            lane = lanes.get(key)
            if lane is None:
                lanes[key] = deque((work,))
            else:
                lane.append(work)
                behind += 1
        work.behind = behind
        if not behind:
            self._ready(work)

    def remove(self, work: Work) -> None:
        """A piece is done, or will not be: those behind it have their turn."""
        lanes = self._lanes
        for key in work.keys:
            lane = lanes[key]
            first = lane[0] is work
            if first:
                lane.popleft()
            else:
                lane.remove(work)
            if not lane:
                del lanes[key]
            elif first:
                following = lane[0]
                following.behind -= 1
                if not following.behind:
                    self._ready(following)
