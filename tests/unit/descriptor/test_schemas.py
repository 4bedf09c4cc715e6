from collections.abc import Callable
from typing import Any

import pytest

from airdock.descriptor import Reader
from airdock.errors import Problem


def test_a_schema_is_read_as_it_is(reader: Reader) -> None:
    text = '{"steps": [], "input": {"type": "object", "properties": {"a": {"$ref": "#/$defs/x"}}, "$defs": {"x": {}}}}'
    assert reader.read("flow", text, "a.flow").input["$defs"] == {"x": {}}
    assert reader.read("flow", '{"steps": [], "output": false}', "a.flow").output is False


@pytest.mark.parametrize(
    ("schema", "path", "message", "hint"),
    [
        (5, "$.input", "`input` must be a JSON Schema, which is an object or true or false, not a number", ""),
        ({"type": "objekt"}, "$.input.type", "'objekt' is not a type of JSON Schema", "did you mean 'object'?"),
        ({"required": "a"}, "$.input.required", '`required` in a JSON Schema: "a" is not of type "array"', ""),
        ({"pattern": "("}, "$.input.pattern", '`pattern` in a JSON Schema: "(" is not a "regex"', ""),
        (
            {"items": {"$ref": "#/$defs/no"}},
            "$.input.items.$ref",
            "the `$ref` '#/$defs/no' leads nowhere",
            'refer to a part of this schema, such as "#/$defs/name"',
        ),
        (
            {"$ref": "https://example.com/schema"},
            "$.input.$ref",
            "the `$ref` 'https://example.com/schema' leads nowhere",
            'refer to a part of this schema, such as "#/$defs/name"',
        ),
        (
            {"$schema": "http://json-schema.org/draft-04/schema#"},
            "$.input.$schema",
            "only JSON Schema of draft 2020-12 is read",
            'leave it out, or write "https://json-schema.org/draft/2020-12/schema"',
        ),
    ],
)
def test_what_is_no_schema_is_refused(
    refused: Callable[..., list[Problem]], schema: Any, path: str, message: str, hint: str
) -> None:
    (found,) = refused({"steps": [], "input": schema})
    assert (found.place.path, found.message, found.hint) == (path, message, hint)


def test_all_problems_of_a_schema_are_found(refused: Callable[..., list[Problem]]) -> None:
    found = refused({"steps": [], "input": {"type": 5, "properties": {"a": {"minimum": "x"}}, "required": 1}})
    assert [each.place.path for each in found] == ["$.input.type", "$.input.properties.a.minimum", "$.input.required"]
