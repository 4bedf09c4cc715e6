"""What the agent knows of each descriptor."""

from typing import Literal

import msgspec

from airdock.errors import Problem

State = Literal["enabled", "failed", "valid"]


class Artefact(msgspec.Struct, frozen=True):
    """A descriptor and how it stands.

    Attributes:
        path: Registry path, `project/orders.flow`. kind: `flow`, `job`, …
        state: `enabled` answers; `failed` has problems; `valid` was checked and does not run by itself.
        addresses: Where a flow answers, below the root path.
        problems: What is wrong. A flow that failed after it had worked goes on in its last working version.
        since: Unix time of this state.
        serves: Whether a version of it answers now.
        methods: HTTP methods that a flow answers; empty for all.
        release: The release that answers, or that failed; None where there are none.
        upgrades: A flow takes WebSockets alone.
    """

    path: str
    kind: str
    state: State
    addresses: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    since: float = 0.0
    serves: bool = False
    methods: tuple[str, ...] = ()
    release: int | None = None
    upgrades: bool = False


class Change(msgspec.Struct, frozen=True):
    """What a change did. `artefact` is None for a script, and for what was removed.

    `what` is `affected` for a descriptor whose own file stayed as it was.
    """

    path: str
    what: Literal["added", "changed", "removed", "affected"]
    artefact: Artefact | None = None
