from typing import Any

import pytest

from airdock.connectors.http.openapi.document import Document
from airdock.connectors.http.openapi.samples import sample

TREE = {"type": "object", "properties": {"left": {"$ref": "#/components/schemas/Tree"}}}
DOCUMENT = Document({"openapi": "3.1.0", "components": {"schemas": {"Tree": TREE}}})


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "integer"}, 1),
        ({"type": ["string", "null"]}, "text"),
        ({"type": "string", "format": "date"}, "2026-01-15"),
        ({"example": "${body}"}, "$${body}"),
        ({"enum": ["a", "b"]}, "a"),
        ({"type": "array", "items": {"type": "boolean"}}, [True]),
        ({"properties": {"a": {"const": 5}}}, {"a": 5}),
        ({"oneOf": [{"default": 7}, {}]}, 7),
        ({"allOf": [{"properties": {"a": {"const": 1}}}, {"properties": {"b": {"const": 2}}}]}, {"a": 1, "b": 2}),
        ({}, None),
        (True, None),
    ],
)
def test_samples(schema: Any, value: Any) -> None:
    assert sample(DOCUMENT, schema) == value


def test_a_schema_that_names_itself_has_an_end() -> None:
    assert sample(DOCUMENT, {"$ref": "#/components/schemas/Tree"})["left"]["left"] is not None
