import pytest

from airdock.descriptor.json_text import parse_json
from airdock.descriptor.problems import Problems
from airdock.descriptor.reading import alternatives, label, type_name, type_names
from airdock.descriptor.tree import Node, Source


def tree(text: str) -> Node:
    return parse_json(Source("a.flow", text), Problems())


def test_nodes_are_called_as_an_author_would() -> None:
    root = tree('{"roles": [["a"]]}')
    assert label(root) == "the file"
    assert label(root.at(("roles",))) == "`roles`"
    assert label(root.at(("roles", 0))) == "item 1 of `roles`"
    assert label(root.at(("roles", 0, 0))) == "item 1 of item 1 of `roles`"


@pytest.mark.parametrize(
    ("text", "name"), [("{}", "an object"), ("[]", "a list"), ("true", "true or false"), ("1", "a number")]
)
def test_types_are_called_as_an_author_would(text: str, name: str) -> None:
    assert type_name(tree(text)) == name


def test_alternatives() -> None:
    assert type_names(("object", "array", "string")) == "a text, an object or a list"
    assert alternatives(["a"]) == "a"
