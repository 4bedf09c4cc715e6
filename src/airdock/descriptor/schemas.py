"""Reading of JSON Schemas that authors write: checked against the metaschema of draft 2020-12, place by place."""

from functools import cache
from itertools import islice
from typing import Any

import jsonschema_rs

from airdock.descriptor.names import hint
from airdock.descriptor.problems import MOST, shown
from airdock.descriptor.reading import INVALID, Reading, label
from airdock.descriptor.tree import Node
from airdock.spec import kinds

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_TYPES = ("string", "number", "integer", "boolean", "object", "array", "null")


def read_schema(reading: Reading, kind: kinds.JsonSchema, node: Node) -> Any:
    if not isinstance(node.value, dict | bool):
        return reading.wrong_type(node, "a JSON Schema, which is an object or true or false")
    if isinstance(node.value, bool):
        return node.value
    schema = node.plain()
    if not _is_draft(reading, node):
        return INVALID
    errors: dict[tuple[str | int, ...], jsonschema_rs.ValidationError] = {}
    for error in islice(_metaschema().iter_errors(schema), MOST):
        errors.setdefault(tuple(error.instance_path), error)
    for path, error in errors.items():
        _refuse(reading, node.at(path), error)
    return INVALID if errors else _compiles(reading, node, schema)


def _is_draft(reading: Reading, node: Node) -> bool:
    named = node.value.get("$schema")
    if named is None or (isinstance(named.value, str) and named.value.rstrip("#") == DRAFT):
        return True
    message = "only JSON Schema of draft 2020-12 is read"
    reading.refuse("descriptor.value", named, message, f'leave it out, or write "{DRAFT}"')
    return False


def _compiles(reading: Reading, node: Node, schema: dict[str, Any]) -> Any:
    try:
        jsonschema_rs.Draft202012Validator(schema, offline=True)
    except jsonschema_rs.ValidationError as error:
        if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Referencing):
            return _bad_reference(reading, node, error.message)
        return _refuse(reading, node.at(tuple(error.instance_path)), error)
    except (jsonschema_rs.ReferencingError, ValueError) as error:
        return reading.refuse("descriptor.value", node, f"{label(node)} cannot be used as a schema: {error}")
    return schema


def _refuse(reading: Reading, node: Node, error: jsonschema_rs.ValidationError) -> Any:
    if node.key == "type":
        words = [node.value] if isinstance(node.value, str) else []
        suggestion = hint(words[0], _TYPES, "one of ") if words else f"one of {', '.join(_TYPES)}, or a list of them"
        found = shown(words[0]) if words else "this"
        return reading.refuse("descriptor.value", node, f"{found} is not a type of JSON Schema", suggestion)
    return reading.refuse("descriptor.value", node, f"{label(node)} in a JSON Schema: {error.message[:300]}")


def _bad_reference(reading: Reading, node: Node, message: str) -> Any:
    reference = next((each for each in _references(node) if each.value.lstrip("#") in message), None)
    if reference is None:
        return reading.refuse("descriptor.value", node, f"a `$ref` in this schema leads nowhere: {message[:300]}")
    message = f"the `$ref` {shown(reference.value)} leads nowhere"
    advice = 'refer to a part of this schema, such as "#/$defs/name"'
    return reading.refuse("descriptor.value", reference, message, advice)


def _references(node: Node) -> list[Node]:
    if isinstance(node.value, dict):
        named = (child for name, child in node.value.items() if name in ("$ref", "$dynamicRef"))
        own = [child for child in named if isinstance(child.value, str)]
        return own + [found for child in node.value.values() for found in _references(child)]
    return [found for child in node.value for found in _references(child)] if isinstance(node.value, list) else []


@cache
def _metaschema() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({"$ref": DRAFT}, offline=True)
