"""A small catalogue, so that these tests hold whatever steps Airdock has."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from airdock.descriptor import Reader
from airdock.errors import DescriptorError, Problem
from airdock.spec import kinds
from airdock.spec.catalogue import Catalogue
from airdock.spec.fields import REQUIRED, Spec, field
from airdock.spec.step import Step
from tests.unit.spec.doubles import Phone, Ring

Refused = Callable[..., list[Problem]]


class Case(Spec):
    """One case."""

    key: str = field(kinds.Text(), "Name.", default="")
    when: Any = field(kinds.Expression(), "Condition.")
    flow: Any = field(kinds.Flow(), "What runs.", default=REQUIRED)

    @classmethod
    def check(cls, element: "Case") -> list[tuple[str, str]]:
        if element.key and element.when is not None:
            return [("when", "keep one of `key` and `when`")]
        return [] if element.key or element.when is not None else [("", "give `key` or `when`")]


class Choose(Step):
    """Chooses."""

    type = "choose"
    group = "routing"
    cases: list[Case] = field(kinds.ListOf(kinds.Record(Case), 1), "Cases.", default=REQUIRED)
    otherwise: Any = field(kinds.Flow(), "Else.")


class Say(Step):
    """Says something."""

    type = "say"
    group = "answer"
    message: Any = field(kinds.Template(types=("string", "object", "array")), "What.", default=REQUIRED)


class Attempt(Step):
    """Tries."""

    type = "attempt"
    group = "reliability"
    steps: list[Step] = field(kinds.Steps(1), "Tried.", default=REQUIRED)
    catch: list[Case] = field(kinds.ListOf(kinds.Record(Case)), "Handlers.", default=[])
    finally_: list[Step] = field(kinds.Steps(), "Last.", name="finally", default=[])


class Many(Step):
    """Has a field of every other kind."""

    type = "many"
    group = "other"
    choice: str = field(kinds.Choice(("latest", "list")), "Word.", default="latest")
    boolean: bool = field(kinds.Boolean(), "Flag.", default=False)
    integer: int = field(kinds.Integer(1, 10), "Count.", default=1)
    number: float = field(kinds.Number(0), "Share.", default=0.0)
    wait: float = field(kinds.Duration(), "Wait.", default=1.0)
    size: int = field(kinds.Size(), "Size.", default=1024)
    literal: Any = field(kinds.Literal(("object",)), "Literal.")
    scalar: Any = field(kinds.Scalar(), "Scalar.")
    texts: list[str] = field(kinds.ListOf(kinds.Text()), "Texts.", default=[])
    pattern: str = field(kinds.Text(r"[a-z]+", "a lower-case word"), "Word.", default="a")
    params: dict[str, Any] = field(kinds.MapOf(kinds.Template()), "Map.", default={})
    module: str = field(kinds.Module((".js", ".py")), "Module.", default="")
    mapping: Any = field(kinds.OneOf((kinds.Choice(("latest", "list")), kinds.Expression())), "Either.")
    either: Any = field(kinds.OneOf((kinds.Integer(), kinds.ListOf(kinds.Text()))), "Either.")
    delay: Any = field(kinds.Template(types=("string",), of=kinds.Duration()), "Delay.")
    status: Any = field(kinds.Template(types=("string", "number"), of=kinds.Integer(200, 599)), "Status.")
    token: str = field(kinds.Text(), "Token.", default="", secret=True)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue([Choose, Say, Attempt, Many], [Phone], [Ring])


@pytest.fixture(scope="session")
def reader(catalogue: Catalogue) -> Reader:
    return Reader(catalogue)


@pytest.fixture(scope="session")
def refused(reader: Reader) -> Refused:
    """The problems of a descriptor, given as its text or as its value."""

    def refused(content: Any, kind: str = "flow", file: str = "shop/orders.flow") -> list[Problem]:
        text = content if isinstance(content, str | bytes) else json.dumps(content)
        with pytest.raises(DescriptorError) as caught:
            reader.read(kind, text, file)
        return caught.value.problems

    return refused


@pytest.fixture(scope="session")
def many(reader: Reader) -> Callable[..., Any]:
    """The step `many` with some fields, read from a flow."""

    def many(**fields: Any) -> Any:
        flow = reader.read("flow", json.dumps({"steps": [{"type": "many", **fields}]}), "shop/orders.flow")
        return flow.steps[0]

    return many


@pytest.fixture(scope="session")
def many_refused(refused: Refused) -> Callable[..., list[str]]:
    """The messages, hints behind them, that some fields of the step `many` are refused with."""

    def many_refused(**fields: Any) -> list[str]:
        problems = refused({"steps": [{"type": "many", **fields}]})
        return [f"{each.message}: {each.hint}" if each.hint else each.message for each in problems]

    return many_refused
