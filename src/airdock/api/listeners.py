"""Listeners, and how they stand."""

from typing import Literal

from airdock.api.shapes import ResponseBody, Time

ListenerState = Literal["starting", "listening", "reconnecting", "paused", "stopped"]


class ListenerNode(ResponseBody, kw_only=True):
    """A listener on one node.

    Attributes:
        state: `reconnecting`: its source is away, and is tried for ever. `paused`: by an operator, or because a circuit
            breaker is open. `stopped`: it cannot listen, for the reason in `error`.
        since: Since when. error: What is wrong; empty for nothing. next_try: When it goes on by itself; else null.
        received, succeeded, failed, redelivered, duplicates, dead: Counts since the process began: arrivals that came,
            and that were worked off; runs that failed, and that were not the first attempt; arrivals that were passed
            over as they were worked off before, and that went to the dead letters.
        in_flight: Runs that go on. held: Arrivals that came and are not accepted yet.
    """

    node: str
    state: ListenerState
    since: Time
    error: str = ""
    next_try: Time | None = None
    received: int = 0
    succeeded: int = 0
    failed: int = 0
    redelivered: int = 0
    duplicates: int = 0
    dead: int = 0
    in_flight: int = 0
    held: int = 0


class ListenerInfo(ResponseBody, kw_only=True):
    """A listener that is enabled.

    Attributes:
        name: `project/orders.listener`; in a sandbox `~user/project/orders.listener`. trigger: What it listens to.
        state: The worst of all nodes; `starting` where none has told yet.
        paused_by, paused_at: Which operator paused it, and when; null where none did.
        dead_letters: How many of its letters lie there.
        nodes: How it stands on each.
    """

    name: str
    trigger: str
    state: ListenerState
    paused_by: str | None = None
    paused_at: Time | None = None
    dead_letters: int = 0
    nodes: list[ListenerNode] = []
