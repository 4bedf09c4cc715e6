import datetime
import math
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from airdock.formats.format import TooLargeError
from airdock.formats.yaml import YamlReading
from airdock.formats.yaml_writing import YamlWriting
from tests.unit.formats.use import content_type, read, unreadable, unwritable, write
from tests.unit.formats.values import JSON

TRICKY = st.sampled_from(
    [
        "yes",
        "1e3",
        "0o17",
        "0x1F",
        "1_000",
        "12:30:45",
        "2026-01-01",
        "~",
        "",
        "null",
        ".inf",
        "1.",
        "+1",
        "=",
        "<<",
        "- a",
    ]
)


@given(JSON | TRICKY | st.lists(TRICKY) | st.dictionaries(TRICKY, TRICKY))
def test_what_is_written_is_read_back(value: Any) -> None:
    text = write(YamlWriting(), value)
    assert read(YamlReading(), text) == value
    assert read(YamlReading(), text.encode("utf-16")) == value


@given(st.lists(TRICKY | st.booleans() | st.none() | st.integers(), max_size=4))
def test_readers_of_yaml_1_1_understand_the_same(value: Any) -> None:
    assert yaml.safe_load(write(YamlWriting(), value)) == value


@given(JSON)
def test_json_of_printable_characters_is_yaml(value: Any) -> None:
    text = msgspec.json.encode(value).decode()
    assume(text.isprintable())
    assert read(YamlReading(), text) == value


def test_the_core_schema() -> None:
    text = """
        texts: [yes, no, on, 2026-01-01, 12:30:45, 1_000, "1", '~', !!str 5, ! 6]
        numbers: [0o17, 0x1F, -12, +3, 1.5, .5, 1e3, !!float 2]
        words: [~, null, Null, true, TRUE, False]
        5: a
        true: b
        1.5: c
        ~: d
        """
    assert read(YamlReading(), text) == {
        "texts": ["yes", "no", "on", "2026-01-01", "12:30:45", "1_000", "1", "~", "5", "6"],
        "numbers": [15, 31, -12, 3, 1.5, 0.5, 1000.0, 2.0],
        "words": [None, None, None, True, True, False],
        "5": "a",
        "true": "b",
        "1.5": "c",
        "null": "d",
    }
    assert read(YamlReading(), ".inf") == math.inf


def test_documents() -> None:
    assert read(YamlReading(documents=True), "a: 1\n---\n- b\n") == [{"a": 1}, ["b"]]
    assert read(YamlReading(documents=True), "") == []
    assert "it is several documents: set `documents`" in unreadable(YamlReading(), "1\n---\n2")
    assert "it is empty" in unreadable(YamlReading(), "# nothing\n")


def test_aliases_are_copies() -> None:
    value = read(YamlReading(), "a: &x {b: [1]}\nc: *x\nd: &y 5\ne: *y")
    assert value == {"a": {"b": [1]}, "c": {"b": [1]}, "d": 5, "e": 5}
    assert value["a"] is not value["c"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [1", "line 2, column 1: while parsing a flow sequence, did not find expected"),
        ("a: 1\na: 2", "line 2, column 1: the name 'a' stands twice"),
        ("a: &x [*x]", "line 1, column 8: the alias *x stands inside what it names"),
        ("a: *x", "line 1, column 4: there is no anchor &x"),
        ("a: 1\n<<: {b: 2}", "line 2, column 1: merge keys"),
        ("[1]: 2", "a name is no text"),
        ("!!python/object/apply:os.system ['true']", "the tag '!!python/object/apply:os.system' is not read here"),
        ("!Ref x", "the tag '!Ref'"),
        ("!!int x", "'x' does not fit its tag !!int"),
        ("!!binary aGk=", "the tag '!!binary'"),
        ("9" * 5000, "a number has too many digits"),
        ("1e999", "the number '1e999' is too large"),
        ("a: \x00", "not allowed"),
        ("\ud800", ""),
    ],
)
def test_what_is_not_read(text: str, message: str) -> None:
    assert message in unreadable(YamlReading(), text)


def test_bombs_are_refused() -> None:
    laughs = "a0: &a0 lol\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10))
    assert "aliases add more than `maxAliased`, 100000" in unreadable(YamlReading(), laughs, error=TooLargeError)
    for text in (
        "[" * 201 + "]" * 201,
        "[" * 50_000,
        "- " * 201 + "a",
        "a: &x " + "[" * 150 + "]" * 150 + "\nb: " + "[" * 60 + "*x" + "]" * 60,
    ):
        assert "nested deeper" in unreadable(YamlReading(), text, error=TooLargeError)


def test_layout() -> None:
    value = {"b": [1, {"c": None}], "a": "x\ny"}
    assert write(YamlWriting(), value) == "b:\n- 1\n- c: null\na: |-\n  x\n  y\n"
    assert write(YamlWriting(sort_names=True), {"b": 1, "a": 2}) == "a: 2\nb: 1\n"
    assert write(YamlWriting(), "plain") == "plain\n"
    shared = ["x"]
    assert write(YamlWriting(), [shared, shared]) == "- - x\n- - x\n"
    assert write(YamlWriting(), [datetime.date(2026, 1, 1), b"ab"]) == "- '2026-01-01'\n- YWI=\n"
    assert write(YamlWriting(charset="latin-1"), "ä") == b"\xe4\n"
    assert content_type(YamlWriting(), 1) == "application/yaml"


def test_what_yaml_cannot_hold() -> None:
    loop: list[Any] = []
    loop.append(loop)
    assert "nested too deeply" in unwritable(YamlWriting(), loop)
    assert "YAML cannot hold" in unwritable(YamlWriting(), object())
