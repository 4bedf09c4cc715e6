import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.descriptor.json_text import parse_json
from airdock.descriptor.problems import Problems, Unreadable
from airdock.descriptor.tree import Node, Source
from airdock.errors import Problem

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=12
)
SOMETIMES = st.booleans()
GAPS = st.lists(st.sampled_from([" ", "\n", "\r\n", "\t", '// a "comment"\n', "/* { \n */", "/***/"]), max_size=3)


def parse(text: str, deepest: int = 100) -> Node:
    return parse_json(Source("a.flow", text), Problems(), deepest)


def problem(text: str, deepest: int = 100) -> Problem:
    problems = Problems()
    with pytest.raises(Unreadable):
        parse_json(Source("a.flow", text), problems, deepest)
    return problems.error().problems[0]


@st.composite
def written(draw: st.DrawFn, value: Any) -> str:
    """A value as somebody may write it: gaps and comments between all tokens, trailing commas."""

    def gap() -> str:
        return "".join(draw(GAPS))

    if isinstance(value, dict | list):
        opened, closed = "{}" if isinstance(value, dict) else "[]"
        if isinstance(value, dict):
            items = [f"{json.dumps(name)}{gap()}:{draw(written(item))}" for name, item in value.items()]
        else:
            items = [draw(written(item)) for item in value]
        comma = f",{gap()}" if draw(SOMETIMES) and items else ""
        return f"{gap()}{opened}{gap()}{','.join(items)}{comma}{closed}{gap()}"
    return gap() + json.dumps(value, ensure_ascii=draw(SOMETIMES)) + gap()


def nodes(node: Node) -> list[Node]:
    children = (
        node.value.values() if isinstance(node.value, dict) else node.value if isinstance(node.value, list) else []
    )
    return [node] + [found for child in children for found in nodes(child)]


@given(st.data(), VALUES)
def test_it_reads_what_the_json_module_reads(data: st.DataObject, value: Any) -> None:
    text = data.draw(written(value))
    assert parse(text).plain() == value


@given(st.data(), VALUES)
def test_every_value_and_name_stands_where_it_says(data: st.DataObject, value: Any) -> None:
    text = data.draw(written(value))
    for node in nodes(parse(text)):
        assert parse(text[node.start : node.end]).plain() == node.plain()
        for name, offset in node.keys.items():
            assert text[offset] == '"'
            assert text.startswith(json.dumps(name), offset) or text.startswith(
                json.dumps(name, ensure_ascii=False), offset
            )


@given(st.text() | st.text('{}[]",:\\/*u0eE-+.tfn \n'))
def test_any_text_is_read_or_refused_at_a_place(text: str) -> None:
    problems = Problems()
    try:
        parse_json(Source("a.flow", text), problems)
    except Unreadable:
        found = problems.error().problems[-1]
        assert found.place.line >= 1
        assert found.place.column >= 1


@given(st.text('{}[]",:\\u0eE-+.tfnrlase \n'))
def test_what_it_accepts_without_extras_the_json_module_accepts(text: str) -> None:
    try:
        expected = json.loads(text)
    except ValueError:
        return
    if isinstance(expected, float) and not math.isfinite(expected):
        return
    problems = Problems()
    assert parse_json(Source("a.flow", text), problems).plain() == expected or problems


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", 1, "the file is empty"),
        ("// only\n", 1, "the file is empty"),
        ('{"name": 1 "b": 2}', 12, "expected ',' or '}' after the value of 'name'"),
        ("[1 2]", 4, "expected ',' or ']' after item 1 of the list"),
        ("[1}", 3, "expected ',' or ']' after item 1 of the list"),
        ('{"a" 1}', 6, "expected ':' behind the name 'a'"),
        ('{"a":}', 6, "expected the value of 'a', found '}'"),
        ("[1,,2]", 4, "expected the value of item 2 of the list, found ','"),
        ('{"a":1,,}', 8, "a comma stands behind a value, once"),
        ('{"a": 1', 8, "the object that begins at 1:1 is never closed"),
        ("[[1", 4, "the list that begins at 1:2 is never closed"),
        ("{a: 1}", 2, "the name 'a' must stand in double quotes"),
        ("{'a': 1}", 2, "expected a name in double quotes or '}'"),
        ("'a'", 1, "a text stands in double quotes, not in single ones"),
        ("[1] 2", 5, "expected the end of the file behind the closing bracket"),
        ("1 2", 3, "expected the end of the file behind the value"),
        ("tru", 1, "'tru' is not a value"),
        ("NaN", 1, "NaN is not a number that a descriptor can hold"),
        ("-Infinity", 1, "-Infinity is not a number that a descriptor can hold"),
        ("1e999", 1, "the number '1e999' is too large"),
        ("007", 1, "'007' is not a number"),
        (".5", 1, "'.5' is not a number"),
        ('"abc', 1, "this text is never closed"),
        ('"a\nb"', 1, "this text is never closed"),
        ('"a\tb"', 3, "the character U+0009 cannot stand in a text"),
        (r'"a\qb"', 3, r"'\q' is not an escape"),
        (r'"\ud83d"', 1, r"the text has one half of a character: \ud800 to \udfff stand in pairs"),
        ("[/* x", 2, "this comment is never closed"),
        ("[/ x", 2, "a single '/' means nothing here"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(text: str, column: int, message: str) -> None:
    found = problem(text)
    assert (found.code, found.message) == ("descriptor.syntax", message)
    assert (found.place.line, found.place.column) in ((1, column), (2, 1))


@pytest.mark.parametrize(
    ("text", "hint"),
    [("True", "did you mean 'true'?"), ("None", "did you mean null?"), ("flase", "did you mean 'false'?")],
)
def test_wrong_literals_get_the_nearest_right_one(text: str, hint: str) -> None:
    assert problem(text).hint == hint


def test_whole_numbers_of_any_size_are_exact() -> None:
    assert parse("123456789012345678901234567890").value == 123456789012345678901234567890


def test_a_number_of_thousands_of_digits_is_refused() -> None:
    assert problem("1" * 5000).code == "descriptor.tooLarge"


def test_a_pair_of_escapes_is_one_character() -> None:
    assert parse(r'"\ud83d\ude00"').value == "😀"


def test_duplicate_names_are_all_noted_and_the_first_one_kept() -> None:
    problems = Problems()
    root = parse_json(Source("a.flow", '{"a": 1, "a": 2, "b": {"c": 1,\n "c": 2}}'), problems)
    assert root.plain() == {"a": 1, "b": {"c": 1}}
    found = problems.error().problems
    assert [(each.place.line, each.place.column, each.place.path) for each in found] == [
        (1, 10, "$.a"),
        (2, 2, "$.b.c"),
    ]
    assert [each.code for each in found] == ["descriptor.duplicate"] * 2


def test_nesting_is_bounded() -> None:
    assert parse("[" * 100 + "]" * 100).type == "array"
    found = problem("[" * 100_000)
    assert (found.code, found.place.column) == ("descriptor.tooLarge", 101)
