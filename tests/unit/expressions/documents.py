"""Exchanges and generated documents for the tests of expressions."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from airdock.errors import FlowError
from airdock.exchange import Exchange, Run
from airdock.expressions import ExpressionSyntaxError
from airdock.request import Request

FAILURES = ("", "expression.type", "expression.limit")
"""What an evaluation may end with; empty where it ends well."""
NAMES = ("a", "b", "c", "items")


def exchange(body: Any = None, **properties: Any) -> Exchange:
    """An exchange with that body and those properties."""
    made = Exchange(Run("0190", "shop/orders.flow", "shop"))
    made.body = body
    made.properties.update(properties)
    return made


def code_of(action: Callable[[], object]) -> str:
    """The code of the FlowError that a call raises; empty where it raises none."""
    try:
        action()
    except FlowError as error:
        return error.code
    return ""


def refusal(action: Callable[[], object]) -> ExpressionSyntaxError | None:
    """The error of a call that compiles."""
    try:
        action()
    except ExpressionSyntaxError as error:
        return error
    return None


class FullRequest(Request):
    """A request in which every part has a value, and which counts what was asked of it."""

    method = "POST"
    path = "/orders"

    def __init__(self) -> None:
        self.asked: list[str] = []

    @property
    def query(self) -> dict[str, str]:
        self.asked.append("query")
        return {"name": "Ada"}

    @property
    def headers(self) -> dict[str, Any]:
        self.asked.append("headers")
        return {"content-type": "text/plain"}

    @property
    def body(self) -> Any:
        self.asked.append("body")
        return {"id": 7}


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1000, 1000),
    st.integers(-4000, 4000).map(lambda n: n / 4),
    st.text("xyz 0é", max_size=4),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)),
    max_leaves=12,
)
documents = st.dictionaries(st.sampled_from(NAMES), values, max_size=4)
paths = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4).map(".".join)
