"""The JSON Schemas of all kinds of descriptor as files that refer to each other."""

import json
import re
from collections.abc import Mapping
from typing import Any

from airdock.spec.catalogue import Catalogue
from airdock.spec.descriptors import DESCRIPTORS
from airdock.spec.schema import descriptor_schema

SHARED = "flow"
"""The kind whose file has what the others share with it."""
_REFERENCE = re.compile(r'"\$ref":"#/\$defs/([^"]+)"')


def schema_file(kind: str) -> str:
    """The name of a kind's file."""
    return f"{kind}.schema.json"


def schema_files(catalogue: Catalogue) -> dict[str, str]:
    """The files by name. What is the same in two of them stands in one, as a schema of all steps is large."""
    schemas = {kind: descriptor_schema(kind, catalogue) for kind in DESCRIPTORS}
    shared = schemas[SHARED].get("$defs", {})
    return {
        schema_file(kind): _written(schema if kind == SHARED else _with_references(schema, shared))
        for kind, schema in schemas.items()
    }


def _with_references(schema: dict[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with references to the other file in place of definitions that are there, too."""
    own = schema.get("$defs", {})
    same = {name for name, definition in own.items() if shared.get(name) == definition}
    # What a definition refers to must be the same there as well.
    while different := {name for name in same if not _references(own[name]) <= same}:
        same -= different
    elsewhere = {name: {"$ref": f"{schema_file(SHARED)}#/$defs/{name}"} for name in same}
    used = _references({**schema, "$defs": {name: each for name, each in own.items() if name not in same}})
    kept = {name: elsewhere.get(name, each) for name, each in own.items() if name not in same or name in used}
    return {**schema, "$defs": kept} if kept else schema


def _references(value: Any) -> set[str]:
    return set(_REFERENCE.findall(_written(value)))


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
