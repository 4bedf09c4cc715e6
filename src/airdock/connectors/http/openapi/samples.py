"""Samples of values that schemas describe, for tests that are written for an author."""

from typing import Any

from airdock.connectors.http.openapi.document import Document

_DEEPEST = 6
_SCALARS: dict[str, Any] = {"string": "text", "integer": 1, "number": 1.5, "boolean": True}


def sample(document: Document, schema: Any, depth: int = 0) -> Any:
    """A value as a schema describes it: its example, or one made of its types; null where nothing is said."""
    schema = document.resolved(schema)
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return None
    for name in ("example", "default", "const"):
        if name in schema:
            return _literal(schema[name])
    for name in ("examples", "enum"):
        if isinstance(schema.get(name), list) and schema[name]:
            return _literal(schema[name][0])
    return _made(document, schema, depth)


def _made(document: Document, schema: dict[str, Any], depth: int) -> Any:
    for name in ("oneOf", "anyOf"):
        if isinstance(schema.get(name), list) and schema[name]:
            return sample(document, schema[name][0], depth + 1)
    if isinstance(schema.get("allOf"), list):
        merged: dict[str, Any] = {}
        for part in (*schema["allOf"], {**schema, "allOf": None}):
            value = sample(document, part, depth + 1)
            merged |= value if isinstance(value, dict) else {}
        return merged
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    if kind == "array":
        item = sample(document, schema.get("items"), depth + 1)
        return [] if item is None else [item]
    if kind == "object" or "properties" in schema:
        properties = schema.get("properties")
        fields = properties.items() if isinstance(properties, dict) else ()
        return {name: sample(document, each, depth + 1) for name, each in fields}
    return _scalar(schema, kind)


def _scalar(schema: dict[str, Any], kind: Any) -> Any:
    if kind == "string" and schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    return _SCALARS.get(kind)


_FORMATS = {
    "date": "2026-01-15",
    "date-time": "2026-01-15T10:00:00Z",
    "email": "joe@example.com",
    "uri": "https://example.com/",
    "uuid": "01a20efd-f278-7778-8822-9adff5c9691c",
}


def _literal(value: Any) -> Any:
    """The value as a descriptor writes it: `${` in a text is no expression; dates of YAML are texts."""
    if isinstance(value, dict):
        return {str(name): _literal(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_literal(each) for each in value]
    if isinstance(value, str):
        return value.replace("${", "$${")
    return value if value is None or isinstance(value, bool | int | float) else str(value)
