"""How listeners stand, for operators."""

from dataclasses import dataclass
from typing import Literal

import msgspec

State = Literal["starting", "listening", "reconnecting", "paused", "stopped"]


class ListenerState(msgspec.Struct, frozen=True, kw_only=True):
    """How a listener stands in one process.

    Attributes:
        name: `project/orders.listener`; in a sandbox `~user/project/orders.listener`. trigger: What it listens to.
        state: `reconnecting`: its source is away, and is tried again for ever. `paused`: by an operator, or because a
            circuit breaker is open. `stopped`: it cannot listen, for the reason in `error`, its source has ended, or
            the process ends.
        since: Unix time since when. error: What went wrong last, while it matters.
        next_try: Unix time of the next attempt; 0 when none is due.
        received, succeeded, failed, redelivered, duplicates, dead: Arrivals since the process began: that came, that
            were worked off; runs that failed, runs that were a second or later attempt; arrivals that were passed over,
            as their id was worked off before, and that went to the dead letters.
        in_flight: Runs that go on. held: Arrivals that came and are not accepted yet, those in flight included.
    """

    name: str
    trigger: str
    state: State
    since: float
    error: str = ""
    next_try: float = 0.0
    received: int = 0
    succeeded: int = 0
    failed: int = 0
    redelivered: int = 0
    duplicates: int = 0
    dead: int = 0
    in_flight: int = 0
    held: int = 0


@dataclass(slots=True)
class Tally:
    """Counts of a listener, which go on when another version of it takes over."""

    received: int = 0
    succeeded: int = 0
    failed: int = 0
    redelivered: int = 0
    duplicates: int = 0
    dead: int = 0
