import json
import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from airdock.descriptor.problems import Problems, Unreadable
from airdock.descriptor.tree import Node, Source
from airdock.descriptor.yaml_text import parse_yaml
from airdock.errors import Problem

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"]), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def parse(text: str) -> Any:
    return tree(text).plain()


def tree(text: str) -> Node:
    return parse_yaml(Source("a.flow.yaml", text), Problems())


def problem(text: str) -> Problem:
    problems = Problems()
    with pytest.raises(Unreadable):
        parse_yaml(Source("a.flow.yaml", text), problems)
    return problems.error().problems[0]


@given(VALUES)
def test_json_is_yaml(value: Any) -> None:
    assert parse(json.dumps(value, ensure_ascii=False)) == value


def is_yaml_1_2(value: Any) -> bool:
    """Whether PyYAML, which writes YAML 1.1, quotes every text in it that is a number now."""
    return not re.search(r"(?m)(^|[ -])-?\d[\d.]*[eE][-+]?\d+($|:)", yaml.safe_dump(value, allow_unicode=True))


@given(VALUES.filter(is_yaml_1_2))
def test_it_reads_what_is_written_in_block_style(value: Any) -> None:
    assert parse(yaml.safe_dump(value, allow_unicode=True)) == value


@given(st.text() | st.text("ab:-[]{}&*!|>'\"#?%@ \n\t", max_size=30))
def test_any_text_is_read_or_refused_at_a_place(text: str) -> None:
    problems = Problems()
    try:
        parse_yaml(Source("a.flow.yaml", text.encode(errors="replace").decode()), problems)
    except Unreadable:
        found = problems.error().problems[-1]
        assert found.place.line >= 1
        assert found.place.column >= 1


@pytest.mark.parametrize(
    "text", ["yes", "no", "on", "off", "y", "2026-01-01", "0123", "1_000", "0x1F", "12:30", "+1", "tRue"]
)
def test_what_json_would_not_read_as_something_else_is_a_text(text: str) -> None:
    assert parse(f"a: {text}") == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("NULL", None),
        ("12", 12),
        ("-1.5e3", -1500.0),
        ("'12'", "12"),
        ("!!str 12", "12"),
        ("!!float 12", 12.0),
        ("! 12", "12"),
    ],
)
def test_values(text: str, value: Any) -> None:
    assert parse(f"a: {text}") == {"a": value}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("--- 1\n--- 2", "a descriptor is one document"),
        ("1: a", "the name 1 is not a text"),
        ("true: a", "the name true is not a text"),
        ("[a]: b", "a name must be a text"),
        ("<<: {a: 1}", "merge keys are not read"),
        ("a: &x [*x]", "the alias *x stands inside the value that it names"),
        ("a: *x", "no anchor &x stands before this alias"),
        ("a: !!python/object:os.system x", "the tag '!!python/object:os.system' means nothing here"),
        ("a: !mine {}", "the tag '!mine' means nothing here"),
        ("a: !!int x", "'x' does not fit its tag !!int"),
        ("a: .inf", ".inf is not a number that a descriptor can hold"),
        ("a: 1e999", "the number '1e999' is too large"),
        ("a: \x07", "the character U+0007 cannot stand in YAML"),
        ("a: b: c", "this is not well-formed YAML: mapping values are not allowed in this context"),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    found = problem(text)
    assert (found.code, found.message) == ("descriptor.syntax", message)


@pytest.mark.parametrize(
    ("text", "line", "hint"),
    [
        ("steps:\n\t- type: output\n", 2, "indent with spaces, not with a tab"),
        ("steps:\n  - type: output\n   message: x\n", 3, "begin the fields of an item in one column"),
        ("message: hello: you\n", 1, "write a text with ': ' in it in quotes"),
        ("message: {a} b\n", 1, "write a text that begins with '{', '[' or a quote in quotes"),
        ("message: @a\n", 1, "write a text that begins with such a character in quotes"),
    ],
)
def test_usual_mistakes_get_the_next_move(text: str, line: int, hint: str) -> None:
    found = problem(text)
    assert found.place.line == line
    assert hint in found.hint


def test_duplicate_names_are_noted_and_the_first_one_kept() -> None:
    problems = Problems()
    root = parse_yaml(Source("a.flow.yaml", "a: 1\nb:\n  c: 1\na: 2\n"), problems)
    assert root.plain() == {"a": 1, "b": {"c": 1}}
    (found,) = problems.error().problems
    assert (found.code, found.place.line, found.place.column, found.hint) == (
        "descriptor.duplicate",
        4,
        1,
        "first at 1:1",
    )


def test_an_alias_is_a_copy_with_a_path_of_its_own() -> None:
    root = tree("a: &x {b: [1, 2]}\nc: *x\n")
    assert root.plain() == {"a": {"b": [1, 2]}, "c": {"b": [1, 2]}}
    assert root.at(("c", "b", 1)).path == "$.c.b[1]"


def test_aliases_that_multiply_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert problem("\n".join(lines)).code == "descriptor.tooLarge"


def test_nesting_is_bounded_aliases_included() -> None:
    assert problem("[" * 100_000).code == "descriptor.tooLarge"
    assert problem(f"a: &a {'[' * 60}{']' * 60}\nb: {'[' * 60}*a{']' * 60}").code == "descriptor.tooLarge"


def test_positions_count_characters() -> None:
    root = tree('x: 😀\n"äö":\n  - 5\n')
    assert (root.value["äö"].value[0].line, root.value["äö"].value[0].column) == (3, 5)
    assert root.key_place("äö").line == 2
