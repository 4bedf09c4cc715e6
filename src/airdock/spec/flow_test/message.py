"""The declaration of what a test sends."""

from typing import Any

from airdock.spec.fields import REQUIRED, Spec, field
from airdock.spec.flow import METHODS
from airdock.spec.flow_test.expectation import Outcome
from airdock.spec.kinds import (
    TEXT_TEMPLATE,
    Boolean,
    Choice,
    Duration,
    ListOf,
    MapOf,
    Module,
    OneOf,
    Record,
    Template,
    Text,
)

_BODIES = ("text", "json", "form", "file")


class Sender(Spec):
    """The signed-in caller."""

    name: str = field(Text(".+", "a name"), "The caller's name.", default=REQUIRED, example="ann")
    roles: list[str] = field(ListOf(Text()), "The caller's roles.", default=[], example=["sales"])


class Message(Spec):
    """What is sent to the flow. Texts may hold `${}` with `row` and `answers`, those of the messages before."""

    at: float | None = field(
        Duration(),
        "When it is sent, from the test's beginning on, whatever went before; when the one before was answered, if left"
        " out.",
        unit="s",
        example="2s",
    )
    flow: str = field(Module((".flow",)), "Path of the flow; that of the test if left out.", default="")
    method: str = field(
        Choice(METHODS), "Method of the request; `POST` with a body, `GET` without, if left out.", default=""
    )
    path: Any = field(
        TEXT_TEMPLATE,
        "Path below the project's address, for a flow with a `path` of its own; that of its file if left out.",
        example="/orders/7",
    )
    query: Any = field(
        OneOf((TEXT_TEMPLATE, MapOf(Template()))),
        "The query: a text as it stands in an address, or an object; a list in it is a name that comes more than once.",
        example={"name": "Joe"},
    )
    headers: dict[str, Any] = field(MapOf(TEXT_TEMPLATE), "Headers.", default={}, example={"Accept-Language": "de"})
    text: Any = field(TEXT_TEMPLATE, "The body as a text.", example="a,b\n1,2\n")
    json: Any = field(Template(), "The body as JSON.", example={"product": "tea"})
    form: dict[str, Any] | None = field(MapOf(TEXT_TEMPLATE), "The body as the fields of a form.", example={"a": "b"})
    file: Any = field(TEXT_TEMPLATE, "The body as what a file beside the test holds.", example="data/order.xml")
    user: Sender | None = field(
        Record(Sender), "The caller, who is signed in; nobody if left out.", example={"name": "ann", "roles": ["sales"]}
    )
    properties: dict[str, Any] = field(
        MapOf(Template()), "Properties that the exchange has when the flow begins.", default={}
    )
    signed: bool = field(
        Boolean(), "The body is signed as the flow's `signature` asks, with the secret of the test.", default=False
    )
    expect: Outcome | None = field(Record(Outcome), "What is to come of it.", example={"status": 200})

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        given = [name for name in _BODIES if name in element.places]
        if len(given) > 1:
            return [(given[1], f"{' and '.join(f'`{name}`' for name in given)} are each a whole body: keep one")]
        return []
