"""Makes a JSON Schema part of a larger document: references inside it go on pointing to the same places.

`#/$defs/x` inside a schema means the root of that schema. Where the schema becomes one of many in an OpenAPI document,
the same text would mean the root of the document, so each is rewritten to a pointer from there. (An `$id` would do by
the standard, but few programs that read OpenAPI documents honour it.)
"""

from typing import Any

_DATA = frozenset({"const", "default", "enum", "example", "examples"})
_MAPS = frozenset({"$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties"})
_DROPPED = frozenset({"$schema", "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$id"})

JsonSchema = dict[str, Any] | bool


def embed(schema: JsonSchema, pointer: str) -> JsonSchema:
    """A copy of the schema for the place that `pointer` names (`"#/components/schemas/Order"`).

    A part of it with an `$id` of its own is a document of its own and stays as it is.
    """
    if isinstance(schema, bool):
        return schema
    own_id = schema.get("$id", "")
    anchors: dict[str, str] = {}
    _find_anchors(schema, pointer, anchors)
    embedded: dict[str, Any] = _Embedding(
        pointer, own_id.rstrip("#") if isinstance(own_id, str) else "", anchors
    ).schema(schema, root=True)
    return embedded


class _Embedding:
    def __init__(self, pointer: str, own_id: str, anchors: dict[str, str]) -> None:
        self._pointer = pointer
        self._own_id = own_id
        self._anchors = anchors

    def schema(self, schema: Any, *, root: bool = False) -> Any:
        if isinstance(schema, list):
            return [self.schema(each) for each in schema]
        if not isinstance(schema, dict) or (not root and isinstance(schema.get("$id"), str)):
            return schema
        copy: dict[str, Any] = {}
        for keyword, value in schema.items():
            if keyword in _DROPPED and isinstance(value, str | bool):
                continue
            if keyword in ("$ref", "$dynamicRef", "$recursiveRef") and isinstance(value, str):
                copy["$ref"] = self._reference(value)
            else:
                copy[keyword] = self._value(keyword, value)
        return copy

    def _value(self, keyword: str, value: Any) -> Any:
        if keyword in _DATA:
            return value
        if keyword in _MAPS and isinstance(value, dict):
            return {name: self.schema(each) for name, each in value.items()}
        return self.schema(value)

    def _reference(self, reference: str) -> str:
        if self._own_id and reference.startswith(self._own_id):
            reference = "#" + reference[len(self._own_id) :].removeprefix("#")
        if reference in ("", "#"):
            return self._pointer
        if reference.startswith("#/"):
            return self._pointer + reference[1:]
        return self._anchors.get(reference, reference)


def _find_anchors(schema: Any, pointer: str, anchors: dict[str, str]) -> None:
    if isinstance(schema, list):
        for index, each in enumerate(schema):
            _find_anchors(each, f"{pointer}/{index}", anchors)
    elif isinstance(schema, dict):
        for keyword in ("$anchor", "$dynamicAnchor"):
            if isinstance(schema.get(keyword), str):
                anchors.setdefault("#" + schema[keyword], pointer)
        for keyword, value in schema.items():
            if keyword not in _DATA:
                _find_anchors(value, f"{pointer}/{_escape(keyword)}", anchors)


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
