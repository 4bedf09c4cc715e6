"""Expressions give what a second, independent implementation of JSONata gives."""

from typing import Any

import jsonata2py
from hypothesis import given
from hypothesis import strategies as st

from airdock.errors import FlowError
from airdock.expressions.expression import Expression
from tests.unit.expressions.documents import documents, paths

numbers = st.one_of(st.integers(0, 50).map(str), st.sampled_from(["0.5", "2.25"]))
operands = st.one_of(paths, numbers, st.sampled_from(['"x"', '"y z"', "true", "false", "null"]))
operators = st.sampled_from(["+", "-", "*", "&", "=", "!=", "<", ">=", "and", "or", "in"])
functions = st.sampled_from(["count", "exists", "not", "boolean", "distinct", "sum", "type", "reverse", "string"])


def shapes(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(inner, inner)
    return st.one_of(
        st.tuples(inner, operators, inner).map(lambda parts: f"({' '.join(parts)})"),
        pairs.map(lambda pair: f"[{pair[0]}, {pair[1]}]"),
        pairs.map(lambda pair: f'{{"p": {pair[0]}, "q": {pair[1]}}}'),
        pairs.map(lambda pair: f"({pair[0]} ? {pair[1]} : 0)"),
        pairs.map(lambda pair: f"$append({pair[0]}, {pair[1]})"),
        pairs.map(lambda pair: f"$map({pair[0]}, function($v) {{ {pair[1]} }})"),
        st.tuples(functions, inner).map(lambda pair: f"${pair[0]}({pair[1]})"),
        st.tuples(paths, inner).map(lambda pair: f"{pair[0]}[{pair[1]}]"),
        st.tuples(paths, st.integers(-2, 2)).map(lambda pair: f"{pair[0]}[{pair[1]}]"),
        st.tuples(paths, paths).map(lambda pair: f"{pair[0]}.({pair[1]})"),
    )


sources = st.recursive(operands, shapes, max_leaves=5)
FAILED = "failed"


def ours(source: str, document: dict[str, Any]) -> Any:
    try:
        return Expression(source).evaluate_document(document)
    except FlowError:
        return FAILED


def theirs(source: str, document: dict[str, Any]) -> Any:
    try:
        value = jsonata2py.compile(source).evaluate(document)
    except jsonata2py.JsonataError:
        return FAILED
    return None if repr(value) == "MISSING" else value


def alike(a: Any, b: Any) -> bool:
    """Equality of JSON values: 1 is 1.0, but not true."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return abs(a - b) <= 1e-9 * max(abs(a), abs(b))
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(alike(value, b[key]) for key, value in a.items())
    return bool(a == b)


@given(sources, documents)
def test_as_the_second_implementation(source: str, document: dict[str, Any]) -> None:
    mine, other = ours(source, document), theirs(source, document)
    if mine == FAILED and other is None and "[(" in source:
        # Of a predicate that fails whatever the item, JSONata does not say whether it fails where there is no item.
        return
    assert alike(mine, other), (source, document, mine, other)
