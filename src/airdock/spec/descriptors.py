"""The declarations of jobs, listeners, connections, access rules and projects."""

from typing import Any

from airdock.codes import LINT
from airdock.cron import CronExpression
from airdock.spec.connection import Connection
from airdock.spec.fields import REQUIRED, Spec, field
from airdock.spec.flow import METHODS, ErrorHandler, Flow
from airdock.spec.flow_test import FlowTest
from airdock.spec.kinds import (
    Boolean,
    Choice,
    Cron,
    Duration,
    Integer,
    ListOf,
    Literal,
    MapOf,
    Module,
    Number,
    Params,
    Record,
    Steps,
    Template,
    Text,
    TimeZone,
)
from airdock.spec.step import Step
from airdock.spec.template import StepTemplate

RUNNERS = ("javascript", "python", "flow")


class _Runs(Spec):
    """What a job or a listener runs: a module, or steps in place."""

    name: str = field(Text(), "Name for people; the file's stem if left out.", default="")
    description: str = field(Text(), "What it is for.", default="")
    type: str = field(Choice(RUNNERS), "What `module` is.", default="")
    module: str = field(
        Module((".js", ".py", ".flow")), "The script or flow that runs.", default="", example="/project/job.js"
    )
    steps: list[Step] | None = field(Steps(1), "The flow, in place of `type` and `module`.")
    on_error: list[ErrorHandler] = field(
        ListOf(Record(ErrorHandler)), "Handlers of errors; the first that matches.", default=[]
    )
    timeout: float | None = field(Duration(), "A run is cut off, and has failed, after this time.", unit="s")
    log: str = field(
        Choice(("full", "summary", "errors", "off")), "What the run log keeps of each run.", default="summary"
    )

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        if element.steps is not None and (element.module or element.type):
            return [("steps", "`steps` stands in place of `type` and `module`: keep one of the two")]
        if element.steps is None and not element.module:
            return [("", "nothing to run: give `type` and `module`, or `steps`")]
        if element.module and not element.type:
            return [("", "`type` is missing: it says what `module` is, one of " + ", ".join(RUNNERS))]
        return []


class Job(_Runs):
    """What runs on a schedule."""

    expression: CronExpression = field(
        Cron(), "Quartz cron expression, seconds first.", default=REQUIRED, example="0/5 * * * * ?"
    )
    timezone: str = field(
        TimeZone(), "IANA time zone in which the expression is read.", default="UTC", example="Europe/Berlin"
    )
    jitter: float = field(
        Duration(), "Each start is put off by up to this time, at random.", default=0.0, unit="s", example="30s"
    )
    misfire: str = field(Choice(("skip", "once", "all")), "What becomes of starts that were missed.", default="once")
    overlap: str = field(
        Choice(("skip", "queue", "allow")), "What happens when the last run still goes on.", default="skip"
    )
    parameters: dict[str, Any] = field(MapOf(Template()), "Set as exchange properties.", default={})


class Batch(Spec):
    """Several arrivals in one run: its body is the list of theirs."""

    size: int = field(Integer(1, 100_000), "At most so many.", default=REQUIRED, example=100)
    wait: float = field(
        Duration(), "So long after the first one the batch is begun, however few there are.", default=1.0, unit="s"
    )


class Redelivery(Spec):
    """What becomes of an arrival whose run failed: it is tried again, then lies in the dead letters.

    One whose content is wrong (`request.body`, `unmarshal.*`, `validate.failed` and so on) lies there at once.
    """

    attempts: int = field(Integer(1, 1000), "How often it is tried in all.", default=5)
    delay: float = field(Duration(), "Wait before the second attempt.", default=1.0, unit="s", example="1s")
    backoff: float = field(Number(1), "Each wait is this many times the one before.", default=2.0)
    max_delay: float = field(Duration(), "No wait is longer.", default=60.0, unit="s", example="60s")


class Listener(_Runs):
    """What runs when something arrives.

    An arrival is acknowledged when its run has succeeded, or when it lies in the dead letters, and not before.
    """

    trigger: str = field(Text(), "What it listens to.", default=REQUIRED, example="message")
    params: Any = field(
        Params(), "Settings of the trigger.", default=None, example={"client": "client1", "topic": "topic1"}
    )
    concurrency: int = field(Integer(1, 10_000), "How many runs go on at once in a process.", default=1)
    ordered: bool = field(
        Boolean(), "With more than one run at once: those of one key come one after the other.", default=True
    )
    prefetch: int | None = field(Integer(1, 100_000), "How many arrivals are taken ahead; the trigger's own number.")
    batch: Batch | None = field(Record(Batch), "Several arrivals are one run.", example={"size": 100, "wait": "1s"})
    redelivery: Redelivery | None = field(
        Record(Redelivery), "How often and when a failed one is tried again.", example={"attempts": 5, "delay": "1s"}
    )
    idempotent: bool = field(
        Boolean(), "An arrival whose id was worked off before is acknowledged and passed over.", default=False
    )


class Role(Spec):
    """A role that may use a location."""

    role: str = field(Text(".+", "the name of a role"), "Name of the role.", default=REQUIRED, example="User")


class AccessRule(Spec):
    """Who may use the addresses at and below a location. An `.access` file is a list of these.

    Of all rules for an address and a method, those of the most specific location count; of several for one location, a
    caller needs a role of any. A rule is for locations of its own project; one in a file at the root is for all.
    """

    location: str = field(
        Text(
            # Decoded, and without what no address has: such a rule would seem to protect and never apply.
            r"/|(?!.*/\.\.?(/|$))(?!.*%[0-9A-Fa-f]{2})(/[^/\\{}*?#\x00-\x1f\x7f]+)+/?",
            'a path such as "/project1/secured", decoded, without *, ?, { }; it is for what is below, too',
        ),
        "Path below `/services/flow`, percent escapes undone.",
        default=REQUIRED,
        example="/project1/secured",
    )
    roles: list[Role] = field(ListOf(Record(Role), 1), "Roles of which a caller needs one.", default=REQUIRED)
    methods: list[str] = field(
        ListOf(Choice(METHODS), 1),
        "HTTP methods that the rule is for; all if left out. `GET` is for HEAD too, and any rule for a method that"
        " is none of these.",
        example=["POST", "DELETE"],
    )


class Lint(Spec):
    """Which rules of lint are asked of a project's files."""

    ignore: list[str] = field(
        ListOf(Choice(tuple(LINT))), "Rules that are not asked.", default=[], example=["lint.unsafeRetry"]
    )
    enable: list[str] = field(
        ListOf(Choice(tuple(LINT))),
        "Rules that are asked though they are not by default.",
        default=[],
        example=["lint.missingTimeout"],
    )


class Project(Spec):
    """Settings of a project: the file `project.json` or `project.yaml` in its folder."""

    description: str = field(Text(), "What the project is for.", default="")
    config: dict[str, Any] = field(
        MapOf(Literal()), "Non-secret settings; expressions see them as `config`.", default={}
    )
    on_error: list[ErrorHandler] = field(
        ListOf(Record(ErrorHandler)), "Handlers of errors that no flow of the project took.", default=[]
    )
    lint: Lint | None = field(Record(Lint), "Which rules of lint are asked.", example={"ignore": ["lint.unsafeRetry"]})


DESCRIPTORS: dict[str, type[Spec]] = {
    "flow": Flow,
    "job": Job,
    "listener": Listener,
    "connection": Connection,
    "access": AccessRule,
    "project": Project,
    "template": StepTemplate,
    "test": FlowTest,
}
"""The kinds of descriptor. An `access` descriptor is a list of what stands here."""
