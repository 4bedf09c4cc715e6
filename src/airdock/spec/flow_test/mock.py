"""The declarations of mocks: what stands in for flows, scripts, steps and connections, and what it replies."""

from typing import Any

from airdock.spec.fields import REQUIRED, Spec, field
from airdock.spec.kinds import (
    TEXT_TEMPLATE,
    Boolean,
    Duration,
    Expression,
    Integer,
    ListOf,
    Literal,
    MapOf,
    Module,
    Record,
    Template,
    Text,
)

TARGETS = ("flow", "script", "step", "connection", "address")
"""The fields of which one says what is called."""


class Target(Spec):
    """What is called: one of `flow`, `script`, `step`, `connection` and `address`."""

    flow: str = field(Module((".flow",)), "Path of a flow that others call.", default="", example="/shop/price.flow")
    script: str = field(Module((".py", ".js")), "Path of a script module.", default="", example="/shop/stock.py")
    function: str = field(Text(), "Of the script: this function alone.", default="", example="charge")
    step: str = field(Text(), "Name or path of a step.", default="", example="charge.bank")
    in_: str = field(
        Module((".flow",)), "The flow that the step is in; any if left out.", name="in", default="", example="/a/b.flow"
    )
    connection: str = field(Text(), "Name of a connection, for every step that uses it.", default="", example="crm")
    address: str = field(
        Text(), "Glob of addresses, topics or queues that steps reach.", default="", example="https://api.example.com/*"
    )

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        named = [name for name in TARGETS if getattr(element, name)]
        if len(named) != 1:
            return [(named[-1] if named else "", f"name one of {', '.join(TARGETS)}")]
        if element.function and not element.script:
            return [("function", "`function` belongs to `script`")]
        if element.in_ and not element.step:
            return [("in", "`in` belongs to `step`")]
        return []


class ReplyError(Spec):
    """The error with which a call fails."""

    code: str = field(Text(".+", "an error code"), "Its code.", default=REQUIRED, example="connector.http.status")
    message: Any = field(TEXT_TEMPLATE, "Its message.", default="", example="the service is down")
    status: int | None = field(Integer(400, 599), "What an HTTP caller gets if nobody handles it.", example=502)
    details: dict[str, Any] = field(
        MapOf(Literal()), "Its details; `status` is what `http.5xx` in an `on` looks at.", default={}
    )


class Reply(Spec):
    """What comes of a call. Nothing given: nothing comes of it, and the flow goes on with what it had."""

    body: Any = field(
        Template(),
        "What the call gives: the body, or the property that the step's `result` names.",
        example={"price": 4.5},
    )
    properties: dict[str, Any] = field(MapOf(Template()), "Properties that the call sets.", default={})
    headers: dict[str, Any] = field(MapOf(Template()), "Headers of the message that the call sets.", default={})
    output: Any = field(Template(), "What the call writes to the answer.", example="Welcome")
    status: Any = field(
        Template(("string", "number"), Integer(200, 599)), "The answer's status that the call sets.", example=404
    )
    error: ReplyError | None = field(Record(ReplyError), "The call fails.", example={"code": "bank.closed"})
    delay: float | None = field(Duration(), "So long it takes, in the test's time.", unit="s", example="2s")
    real: bool = field(Boolean(), "What is named is really called, behind the delay.", default=False)

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        given = {"body", "properties", "headers", "output", "status", "error"} & element.places.keys()
        if element.real and given:
            name = next(each for each in element.places if each in given)
            return [(name, f"a `real` reply has nothing of its own: leave `{name}` or `real` out")]
        return []


class Mock(Target):
    """What stands in for something that flows call. Each call is recorded, and gets the next reply."""

    when: Any = field(
        Expression(),
        "For calls only for which this is true, on the message as it is then; for others the next mock is asked.",
        example="body.product = 'tea'",
    )
    reply: Reply | None = field(Record(Reply), "What every call gets.", example={"body": {"price": 4.5}})
    replies: list[Reply] = field(
        ListOf(Record(Reply), 1),
        "What the calls get one after another; the last one for all that follow.",
        default=[],
        example=[{"error": {"code": "bank.busy"}}, {"body": {"receipt": "R-1"}}],
    )

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        if element.reply is not None and element.replies:
            return [("replies", "give `reply` or `replies`, one of the two")]
        return Target.check(element)
