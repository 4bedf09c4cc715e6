"""What a listener has in hand."""

from collections.abc import Hashable
from typing import TYPE_CHECKING

from airdock.spec.clock import Timer
from airdock.spec.trigger import Arrival

if TYPE_CHECKING:
    from airdock.triggers.listener.runs import Failed
    from airdock.triggers.listener.session import Session


class Held:
    """An arrival that was neither accepted nor released yet.

    Attributes:
        arrival: What came. lane: What it is kept in order with; None for nothing. since: Unix time when it came.
        attempt: The number of the next run, or of the one that goes on. due: Unix time before which it does not begin.
        recorded: The durable store knows its attempts. failed: Why the last run failed; None before.
    """

    __slots__ = ("arrival", "attempt", "due", "failed", "lane", "recorded", "since")

    def __init__(self, arrival: Arrival, lane: Hashable, since: float) -> None:
        self.arrival = arrival
        self.lane = lane
        self.since = since
        self.attempt = 1
        self.due = 0.0
        self.recorded = False
        self.failed: Failed | None = None


class Work:
    """One or several arrivals that are worked off together.

    Attributes:
        held: Those that are left. keys: What it is kept in order by. session: In which they came.
        checked: The store was asked what it knows of them. together: They are one run.
        behind: How many of its keys others hold. running: A run goes on. timer: Its next attempt.
        gone: Nothing of it is to begin any more.
    """

    __slots__ = ("behind", "checked", "gone", "held", "keys", "running", "session", "timer", "together")

    def __init__(self, held: list[Held], keys: frozenset[Hashable], session: "Session", together: bool = False) -> None:
        self.held = held
        self.keys = keys
        self.session = session
        self.together = together
        self.checked = False
        self.behind = 0
        self.running = False
        self.timer: Timer | None = None
        self.gone = False

    def begin(self) -> None:
        """It runs, but for what its source has given to somebody else meanwhile."""
        self.running = True
        for held in [each for each in self.held if each.arrival.withdrawn]:
            self.held.remove(held)
            self.session.leave()

    @property
    def due(self) -> float:
        """When something of it may begin; what stands behind another of its lane waits for that."""
        lanes: set[Hashable] = set()
        first = []
        for held in self.held:
            if held.lane is None or held.lane not in lanes:
                first.append(held.due)
                lanes.add(held.lane)
        return min(first)
