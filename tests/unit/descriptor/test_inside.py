import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.descriptor.inside import place_inside
from airdock.descriptor.json_text import parse_json
from airdock.descriptor.problems import Problems
from airdock.descriptor.tree import Node, Source
from airdock.descriptor.yaml_text import parse_yaml


def yaml_text(text: str) -> Node:
    node = parse_yaml(Source("a.yaml", text), Problems())
    while isinstance(node.value, dict):
        node = next(iter(node.value.values()))
    return node


def found(node: Node) -> tuple[int, int]:
    place = place_inside(node, node.value.index("X"))
    return place.line, place.column


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="X")), st.booleans())
def test_json_escapes_are_counted(before: str, ascii_only: bool) -> None:
    text = json.dumps(before + "X", ensure_ascii=ascii_only)
    node = parse_json(Source("a.flow", text), Problems())
    assert place_inside(node, len(before)).column == len(text) - 1


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a: b X", 1, 6),
        ("a: 'it''s X'", 1, 11),
        (r'a: "\x41 \U0001F600 \n X"', 1, 24),
        ("a: b\n   c X", 2, 6),
        ("a: |\n  one\n\n    two X\n", 4, 9),
        ("a:\n  b: |-\n    X", 3, 5),
        ("a: >\n  one X\n", 2, 1),
    ],
)
def test_yaml_styles(text: str, line: int, column: int) -> None:
    assert found(yaml_text(text)) == (line, column)
