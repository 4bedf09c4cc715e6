"""Lint of whatever is a valid flow: it ends, and it says the same again."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from airdock.codes import LINT
from tests.unit.lint.finding import problems_in

NAMES = st.sampled_from(["a", "b", "any", "null", "password"])
EXPRESSIONS = st.sampled_from(["true", "1 > 2", "properties.a", "body", "$", "$random() > 0.5", "properties"])
TEXTS = st.sampled_from(["x", "${properties.b}", "hunter2", "${$}"])
ERRORS = st.lists(st.sampled_from(["*", "timeout", "step.*", "http.5xx", "a"]), max_size=2)


def simple() -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of(
        st.builds(lambda message: {"type": "output", "message": message}, TEXTS),
        st.builds(lambda name, value: {"type": "set", "properties": {name: value}}, NAMES, TEXTS),
        st.just({"type": "stop"}),
        st.just({"type": "throw", "code": "c"}),
        st.builds(lambda path: {"type": "flow", "module": f"/p/{path}.flow"}, st.sampled_from("abc")),
        st.just({"type": "python", "module": "/p/s.py"}),
    )


def nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    blocks = st.lists(inner, max_size=3)
    flows = st.builds(lambda steps: {"steps": steps}, blocks)
    keyed = st.builds(lambda key, value, flow: {"key": key, "value": value, "flow": flow}, NAMES, NAMES, flows)
    decided = st.builds(lambda when, flow: {"when": when, "flow": flow}, EXPRESSIONS, flows)
    catches = st.lists(st.builds(lambda on, steps: {"on": on, "steps": steps}, ERRORS, blocks), max_size=2)
    return st.one_of(
        st.builds(lambda flow: {"type": "flow", "flow": flow}, flows),
        st.builds(
            lambda cases: {"type": "condition", "cases": cases}, st.lists(keyed | decided, min_size=1, max_size=3)
        ),
        st.builds(lambda when, steps: {"type": "filter", "expression": when, "steps": steps}, EXPRESSIONS, blocks),
        st.builds(lambda steps, catch: {"type": "try", "steps": steps, "catch": catch}, blocks, catches),
        st.builds(lambda flow: {"type": "wireTap", "flow": flow}, flows),
    )


def common(step: dict[str, Any], name: str, when: str | None, retry: bool) -> dict[str, Any]:
    return {**step, "name": name} | ({"when": when} if when else {}) | ({"retry": {"attempts": 2}} if retry else {})


STEPS = st.builds(common, st.recursive(simple(), nested, max_leaves=8), NAMES, st.none() | EXPRESSIONS, st.booleans())
FLOWS = st.builds(
    lambda steps, on, properties: {"steps": steps, "onError": [{"on": each} for each in on], "properties": properties},
    st.lists(STEPS, max_size=4),
    st.lists(ERRORS, max_size=2),
    st.dictionaries(NAMES, TEXTS, max_size=2),
)


@given(st.lists(FLOWS, min_size=3, max_size=3))
def test_any_flows(flows: list[Any]) -> None:
    files = {f"p/{name}.flow": flow for name, flow in zip("abc", flows, strict=True)}
    told = problems_in(files, enable=tuple(LINT))
    assert told == problems_in(files, enable=tuple(LINT))
    assert all(each.code in LINT and each.place.line and each.place.file in files for each in told)
