"""Jobs: how they stand, when they fire, and runs of them that are asked for."""

from typing import Any

from airdock.api.shapes import RequestBody, ResponseBody, Time


class JobNode(ResponseBody, kw_only=True):
    """A job on one node.

    Attributes:
        last: When a run began there last; null for never. running: Runs that go on. queued: Starts that wait for one.
        misfires: Fires that were missed and not made up for, since the process began.
        skipped: Fires that were passed over because the last run still went on.
    """

    node: str
    last: Time | None = None
    running: int = 0
    queued: int = 0
    misfires: int = 0
    skipped: int = 0


class JobInfo(ResponseBody, kw_only=True):
    """A job that is enabled.

    Attributes:
        name: `project/nightly.job`; in a sandbox `~user/project/nightly.job`.
        next: Its next fire, without jitter; null when it is paused, or there is none any more.
        paused_by, paused_at: Which operator paused it, and when; null where none did.
        nodes: How it stands on each.
    """

    name: str
    description: str = ""
    expression: str
    timezone: str
    next: Time | None = None
    paused_by: str | None = None
    paused_at: Time | None = None
    nodes: list[JobNode] = []


class JobFires(ResponseBody, kw_only=True):
    """The next times at which a job fires, without jitter; fewer than asked for when there are no more."""

    name: str
    expression: str
    timezone: str
    fires: list[Time]


class JobRun(RequestBody, kw_only=True):
    """A run that is asked for. `parameters`: Exchange properties, over those of the job."""

    parameters: dict[str, Any] = {}
