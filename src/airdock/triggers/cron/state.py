"""How jobs stand, for operators."""

import msgspec


class JobState(msgspec.Struct, frozen=True, kw_only=True):
    """How a job stands in one process.

    Attributes:
        name: `project/nightly.job`; in a sandbox `~user/project/nightly.job`.
        next: Unix time of its next fire; None when there is none any more, or none is known yet.
        last: Unix time at which a run began here last; None for never.
        running: Runs that go on here. queued: Starts that wait for one of them to end.
        paused: An operator paused it.
        misfires: Fires since the process began that were missed and not made up for.
        skipped: Fires that were passed over because the last run still went on.
    """

    name: str
    next: float | None
    last: float | None = None
    running: int = 0
    queued: int = 0
    paused: bool = False
    misfires: int = 0
    skipped: int = 0
