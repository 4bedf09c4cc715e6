"""The declarations of what a test expects."""

from typing import Any

from airdock.spec.fields import Spec, field
from airdock.spec.flow_test.mock import Target
from airdock.spec.kinds import (
    TEXT_TEMPLATE,
    Boolean,
    Duration,
    Expression,
    Integer,
    ListOf,
    MapOf,
    OneOf,
    Record,
    Template,
    Text,
)


class Order(Spec):
    """What is in a list, not all of it."""

    in_order: list[Any] = field(
        ListOf(TEXT_TEMPLATE),
        "These in this order; others may be between them.",
        default=[],
        example=["price", "total"],
    )
    contains: list[Any] = field(ListOf(TEXT_TEMPLATE), "These, in any order.", default=[], example=["total"])
    not_: list[Any] = field(ListOf(TEXT_TEMPLATE), "None of these.", name="not", default=[], example=["refuse"])


class Failed(Spec):
    """A step that failed, or a run."""

    code: str = field(Text(), "Code of the error, or a glob of codes.", default="", example="bank.*")
    step: str = field(Text(), "Name or path of the step.", default="", example="charge.bank")
    message: Any = field(TEXT_TEMPLATE, "What its message has in it.", example="closed")


class Called(Target):
    """Calls of a flow, a script, a step or a connection, mocked or not."""

    times: int | None = field(
        Integer(0), "So many calls fit what else is said here; at least one if left out.", example=2
    )
    body: Any = field(Template(), "The message's body when the call is made; objects may have more.")
    headers: dict[str, Any] = field(MapOf(Template()), "Headers of the message then.", default={})
    properties: dict[str, Any] = field(MapOf(Template()), "Properties then.", default={})
    input: Any = field(
        Template(("object",)),
        "Of a mocked step: its fields, with the values that they have then; objects may have more.",
        example={"path": "/orders/7"},
    )
    that: Any = field(
        Expression(),
        "What is true of the call; it sees `body`, `headers`, `properties`, `input`, `at`.",
        example="at = 5",
    )


class Outcome(Spec):
    """What is to come of a message. Texts may hold `${}` with `row` and `answers`.

    A run that fails is a failure of the test where nothing is said of `status`, `error`, `text`, `json` and `snapshot`.
    """

    status: Any = field(Template(("number", "string"), Integer(200, 599)), "Status of the answer.", example=200)
    headers: dict[str, Any] = field(
        MapOf(Template(("string", "null"))), "Headers of the answer; null for one that is not there.", default={}
    )
    text: Any = field(TEXT_TEMPLATE, "The answer as a text.", example="Welcome Joe")
    text_contains: Any = field(
        OneOf((TEXT_TEMPLATE, ListOf(TEXT_TEMPLATE))), "A text that the answer has in it, or several.", example="Joe"
    )
    json: Any = field(Template(), "The answer as JSON.", example={"total": 9})
    json_like: Any = field(
        Template(), "The answer as JSON; its objects may have more than is written here.", example={"total": 9}
    )
    body: Any = field(Template(), "The message's body at the end.")
    body_like: Any = field(Template(), "The same; its objects may have more.")
    properties: dict[str, Any] = field(
        MapOf(Template()), "Properties at the end; others may be there, null: not there.", default={}
    )
    message_headers: dict[str, Any] = field(MapOf(Template()), "Headers of the message at the end.", default={})
    error: Failed | None = field(Record(Failed), "The run fails, and nobody handles it.", example={"code": "order.*"})
    failures: list[Failed] | None = field(
        ListOf(Record(Failed)),
        "The steps that failed, handled or not, the innermost first.",
        example=[{"step": "bank"}],
    )
    steps: Any = field(
        OneOf((ListOf(TEXT_TEMPLATE), Record(Order))),
        "The steps taken, by name or path: all in order, or what is among them.",
        example=["price", "total"],
    )
    took: float | None = field(
        Duration(), "How long it took until the answer, in the test's time.", unit="s", example="3s"
    )
    that: Any = field(
        OneOf((Expression(), ListOf(Expression()))),
        "What is true: it sees the answer's `status`, `headers`, `text`, `json`, the `body` and `properties` at the"
        " end, `error`, `steps`, `took`, `calls`, `log`, `answers`, `row`.",
        example="json.total > 5",
    )
    snapshot: bool = field(Boolean(), "The answer is what `airdock test --update-snapshots` wrote down.", default=False)


class Expectation(Outcome):
    """What is to come of the last message, and of all of them together."""

    calls: list[Called] = field(
        ListOf(Record(Called)), "What was called.", default=[], example=[{"flow": "/shop/price.flow", "times": 1}]
    )
    log: Any = field(
        OneOf((ListOf(TEXT_TEMPLATE), Record(Order))),
        "What `log` steps and scripts wrote: all lines in order, or what is among them.",
        example=["order 7 accepted"],
    )
    runs: int | None = field(
        Integer(0), "How many runs there were beside those of the messages (`wireTap`, completions).", example=1
    )
    runs_failed: list[str] = field(
        ListOf(Text()), "Codes of the runs beside that failed, in order; none if left out.", default=[]
    )
