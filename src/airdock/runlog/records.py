"""What the run log keeps of a run, as the command line and the API show it."""

from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper bounds, in seconds and inclusive, of the buckets that durations are counted in; a last one has no bound."""

Outcome = Literal["ok", "failed"]
StepOutcome = Literal["ok", "failed", "skipped"]


class StepRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """One step that a run took.

    Attributes:
        path, name, type, line: Which step, as in `StepInfo`.
        start: Seconds after the start of the run; None when it was skipped.
        seconds: How long it took, what is inside it included.
        outcome: `failed` when it raised an error, whether or not something took care of it.
        code, message: The error; empty if there was none.
    """

    path: str
    name: str
    type: str
    line: int = 0
    start: float | None = None
    seconds: float = 0.0
    outcome: StepOutcome = "ok"
    code: str = ""
    message: str = ""


class RunError(msgspec.Struct, frozen=True, omit_defaults=True):
    """The error that ended a run: code, message, path of the step, and the status that an HTTP caller got for it."""

    code: str
    message: str
    step: str = ""
    status: int = 500


class ExchangeRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """The exchange when the run failed: secrets masked, long texts and collections cut (it says how much is missing).

    Attributes:
        body: The body. Bytes, streams and other values that JSON cannot hold are named in angle brackets.
        headers, properties: Of the message.
        query, params: Of the request.
        user: Who had signed in.
        status: What a step had set as the answer's status.
    """

    body: Any = None
    headers: Any = None
    properties: Any = None
    query: Any = None
    params: Any = None
    user: Any = None
    status: int | None = None


class RunSummary(msgspec.Struct, frozen=True):
    """A run in one line.

    Attributes:
        id: UUIDv7.
        flow: Its address, `project/file.flow`. project: empty at the root.
        start: When it began (UTC, to the millisecond).
        seconds: How long it took.
        release: Number of the release, None when it has none. attempt: 1, or more when it was tried again.
        method, path, remote: The request; empty for a job or a message.
        error: What ended a failed run.
        retry_of: Id of the first run, where this one went on with it; else empty.
        parent: Id of the run that this one went out from. step: Path of the step whose inside it ran. Both are empty
            for a run of a whole flow.
    """

    id: str
    flow: str
    project: str
    start: datetime
    seconds: float
    outcome: Outcome
    release: int | None = None
    attempt: int = 1
    method: str = ""
    path: str = ""
    remote: str = ""
    error: RunError | None = None
    retry_of: str = ""
    parent: str = ""
    step: str = ""


class RunningRun(msgspec.Struct, frozen=True):
    """A run that is going on, and has been for more than a second.

    Attributes:
        start: When it began. cancelling: Somebody asked that it be cancelled. The others as in `RunSummary`.
    """

    id: str
    flow: str
    project: str
    start: datetime
    release: int | None = None
    attempt: int = 1
    method: str = ""
    path: str = ""
    remote: str = ""
    retry_of: str = ""
    parent: str = ""
    step: str = ""
    cancelling: bool = False


class RunRecord(RunSummary, frozen=True):
    """A run with all that was kept of it.

    Attributes:
        whole: Steps (and, of a failed run, the exchange) were kept; else this is no more than the summary.
        steps: In the order in which they began. steps_omitted: how many are missing in the middle of a long run.
        exchange: The exchange of a failed run.
        cause, details: More about the error: what it came from, and what a machine may read.
        retriable: A retry can go on from the failed step. not_retriable: Why a failed run cannot be retried.
    """

    whole: bool = False
    steps: list[StepRecord] = []
    steps_omitted: int = 0
    exchange: ExchangeRecord | None = None
    cause: str = ""
    details: Any = None
    retriable: bool = False
    not_retriable: str = ""


class FlowCounters(msgspec.Struct, frozen=True):
    """All runs of a flow with one outcome since the run log was made, stored or not.

    Attributes:
        count: How many.
        seconds: The sum of their durations.
        buckets: How many took at most `BOUNDS[i]` but longer than the bound before; the last one has the rest.
    """

    flow: str
    outcome: Outcome
    count: int
    seconds: float
    buckets: tuple[int, ...]


class StoredSummary(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """What a row's `summary` holds beside its columns."""

    project: str = ""
    release: int | None = None
    attempt: int = 1
    method: str = ""
    path: str = ""
    remote: str = ""
    error: RunError | None = None
    retry_of: str = ""
    parent: str = ""
    step: str = ""


class StoredDetail(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a row's `detail` holds; a run that was not kept whole has none."""

    steps: list[StepRecord] = []
    steps_omitted: int = 0
    exchange: ExchangeRecord | None = None
    cause: str = ""
    details: Any = None
    not_retriable: str = ""


def start_of(id: bytes) -> datetime:
    """When a run began, from the 16 bytes of its UUIDv7."""
    return datetime.fromtimestamp(int.from_bytes(id[:6], "big") / 1000, UTC)


def id_at(unix: float) -> bytes:
    """The smallest id of a run that began at this time, in seconds since 1970."""
    milliseconds = min(max(round(unix * 1000), 0), 2**48 - 1)
    return milliseconds.to_bytes(6, "big") + bytes(10)
