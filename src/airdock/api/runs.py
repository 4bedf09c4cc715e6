"""Runs: those that are recorded, and those that are going on. Names and meanings are those of the run log."""

from typing import Any, Literal

from airdock.api.shapes import RequestBody, ResponseBody, Time

Outcome = Literal["ok", "failed"]


class RunError(ResponseBody, kw_only=True):
    """The error that ended a run: code, message, path of the step, and the status that an HTTP caller got for it."""

    code: str
    message: str
    step: str = ""
    status: int = 500


class RunSummary(ResponseBody, kw_only=True):
    """A run in one line.

    Attributes:
        id: UUIDv7. flow: `project/file.flow`. project: Empty at the root.
        start: When it began. seconds: How long it took.
        release: Null when it has none. attempt: 1, or more when it was tried again.
        method, path, remote: The request; empty for a job or a message.
        error: What ended a failed run.
        retry_of: Id of the first run, where this one went on with it; else empty.
        parent: Id of the run that this one went out from. step: Path of the step whose inside it ran. Both are empty
            for a run of a whole flow.
    """

    id: str
    flow: str
    project: str
    start: Time
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


class RunStep(ResponseBody, kw_only=True):
    """One step that a run took.

    Attributes:
        path, name, type, line: Which step. start: Seconds after the start of the run; null when it was skipped.
        code, message: The error; empty if there was none.
    """

    path: str
    name: str
    type: str
    line: int = 0
    start: float | None = None
    seconds: float = 0.0
    outcome: Literal["ok", "failed", "skipped"] = "ok"
    code: str = ""
    message: str = ""


class RunExchange(ResponseBody, kw_only=True):
    """The exchange when a run failed: secrets masked, long texts and collections cut."""

    body: Any = None
    headers: Any = None
    properties: Any = None
    query: Any = None
    params: Any = None
    user: Any = None
    status: int | None = None


class Run(RunSummary, kw_only=True):
    """A run with all that was kept of it.

    Attributes:
        whole: Steps (and, of a failed run, the exchange) were kept; else this is no more than the summary.
        steps_omitted: How many steps are missing in the middle of a long run.
        cause, details: More about the error.
        retriable: A retry can go on from the failed step. not_retriable: Why a failed run cannot be retried.
    """

    whole: bool = False
    steps: list[RunStep] = []
    steps_omitted: int = 0
    exchange: RunExchange | None = None
    cause: str = ""
    details: Any = None
    retriable: bool = False
    not_retriable: str = ""


class RunningRun(ResponseBody, kw_only=True):
    """A run that has been going on for more than a second. `cancelling`: Somebody asked that it be cancelled."""

    id: str
    flow: str
    project: str
    start: Time
    release: int | None = None
    attempt: int = 1
    method: str = ""
    path: str = ""
    remote: str = ""
    retry_of: str = ""
    parent: str = ""
    step: str = ""
    cancelling: bool = False


class RunRetry(RequestBody, kw_only=True):
    """Tries a failed run again from the step that failed, on the version that it ran or on the current one."""

    version: Literal["same", "current"] = "current"
