import json

from airdock.descriptor.json_text import parse_json
from airdock.descriptor.problems import Problems
from airdock.descriptor.tree import Node, Source


def tree(text: str) -> Node:
    return parse_json(Source("p/a.flow", text), Problems())


def test_lines_and_columns_count_from_one() -> None:
    root = tree('{\n  "steps": [\r\n    {"type": "say"}\r  ]\n}')
    word = root.at(("steps", 0, "type"))
    assert (word.line, word.column, word.path) == (3, 14, "$.steps[0].type")
    assert str(word.place) == "p/a.flow:3:14"
    assert str(root.at(("steps", 0)).key_place("type")) == "p/a.flow:3:6"


def test_names_that_are_no_words_are_quoted_in_paths() -> None:
    assert tree('{"content-type": {"a b\'c": 1}}').at(("content-type", "a b'c")).path == "$.content-type['a b\\'c']"


def test_long_names_are_cut_in_paths() -> None:
    assert len(tree(json.dumps({"x" * 10_000: 1})).at(("x" * 10_000,)).path) < 120


def test_at_stops_where_the_way_ends() -> None:
    root = tree('{"a": [1]}')
    assert root.at(("a", 5, "b")).path == "$.a"
    assert root.at(("x",)) is root


def test_types_are_those_of_json() -> None:
    assert [node.type for node in tree('[{}, [], "", 1, 1.5, true, null]').value] == [
        "object",
        "array",
        "string",
        "number",
        "number",
        "boolean",
        "null",
    ]
