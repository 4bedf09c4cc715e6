"""The declaration of a file of tests."""

from pathlib import PurePosixPath
from typing import Any

from airdock.spec.fields import REQUIRED, Spec, field
from airdock.spec.flow_test.expectation import Expectation
from airdock.spec.flow_test.message import Message
from airdock.spec.flow_test.mock import Mock
from airdock.spec.kinds import Duration, ListOf, Literal, MapOf, Module, OneOf, Record, Text


class FlowCase(Spec):
    """One test: what is sent, what stands in for what, what is to come of it."""

    name: str = field(
        Text(".+", "a name"), "What it shows; unique in the file.", default=REQUIRED, example="Joe is welcome"
    )
    skip: str = field(Text(), "Why it is not run.", default="", example="until the new prices are known")
    rows: Any = field(
        OneOf((ListOf(MapOf(Literal()), 1), Text(r".+\.csv", "the name of a .csv file"))),
        "The test is run for each of these, which texts see as `row`: a list of objects, or a CSV file beside the test,"
        " whose first line has the names. A cell that reads as a number, `true`, `false` or `null` is one, an empty"
        " cell is not there.",
        example=[{"name": "Joe", "greeting": "Welcome Joe"}],
    )
    mocks: list[Mock] = field(
        ListOf(Record(Mock)), "What stands in for what; asked before those of the file.", default=[]
    )
    send: Any = field(
        OneOf((Record(Message), ListOf(Record(Message), 1))),
        "What is sent: a message, or several. Left out: a GET without anything.",
        example={"query": {"name": "Joe"}},
    )
    wait: float = field(
        Duration(),
        "So long the test goes on behind the last answer, in its own time, for what happens later.",
        default=0.0,
        unit="s",
        example="10s",
    )
    expect: Expectation | None = field(Record(Expectation), "What is to come of it.", example={"text": "Welcome Joe"})

    @property
    def messages(self) -> list[Message]:
        """What is sent, in the order written."""
        if self.send is None:
            return [Message(place=self.place)]
        return self.send if isinstance(self.send, list) else [self.send]


class FlowTest(Spec):
    """Tests of a flow: a file `*.test.json` or `*.test.yaml` beside it, run by `airdock test`.

    Each case runs by itself, with a state and a clock of its own: waiting takes no time. The file may also stand in
    the folder `TestCases` of the project.
    """

    description: str = field(Text(), "What is tested.", default="")
    flow: str = field(
        Module((".flow",)),
        "Path of the flow; the one of the test's name if left out: `shop/order.flow` for `shop/order.test.yaml`.",
        default="",
        example="/shop/order.flow",
    )
    secrets: dict[str, str] = field(
        MapOf(Text()), "Values of the secrets that flows name; made up for the test.", default={}
    )
    config: dict[str, Any] = field(
        MapOf(Literal()), "Settings of the project, in place of those of the same name.", default={}
    )
    mocks: list[Mock] = field(
        ListOf(Record(Mock)),
        "What stands in for what, in every case.",
        default=[],
        example=[{"flow": "/shop/price.flow", "reply": {"body": {"price": 4.5}}}],
    )
    cases: list[FlowCase] = field(ListOf(Record(FlowCase), 1), "The tests.", default=REQUIRED)

    file: str = ""
    """Path in the registry, `project/orders.test`; whoever reads it sets it."""

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        names: set[str] = set()
        for case in element.cases:
            if case.name in names:
                return [("cases", f"two cases are called {case.name!r}: rename one")]
            names.add(case.name)
        return []

    @property
    def every_mock(self) -> list[Mock]:
        """Those of the file, then those of its cases."""
        return [*self.mocks, *(mock for case in self.cases for mock in case.mocks)]

    def tested(self, path: str) -> str:
        """The flow that is tested by the file at a registry path."""
        return self.flow or str(PurePosixPath(path).with_suffix(".flow"))
