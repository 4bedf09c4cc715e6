"""What is asked of an Avro schema before the library sees it: it may have come with the data."""

from collections.abc import Iterator
from typing import Any

_DEEPEST = 64
_MOST = 10_000
_SIZES = {"null": 0, "boolean": 1, "int": 1, "long": 1, "float": 4, "double": 8, "bytes": 1, "string": 1}
_NAMED = ("record", "error", "enum", "fixed")


class SchemaFaultError(Exception):
    """A schema that is not accepted; the message says why."""


def check_schema(schema: Any) -> None:
    """Refuses what would let small data become large values, or end the process.

    Raises:
        SchemaFaultError: it is nested too deeply or too large, refers to itself, or has arrays of values without bytes.
    """
    if _Checker().least(schema, 0, "") == 0:
        raise SchemaFaultError("its values have no bytes, so that there could be any number of them")


class _Checker:
    """Finds the least number of bytes of a value of each type, and what cannot be accepted."""

    def __init__(self) -> None:
        self._sizes: dict[str, int | None] = {}
        self._seen = 0

    def least(self, schema: Any, depth: int, space: str) -> int:
        self._seen += 1
        if depth > _DEEPEST or self._seen > _MOST:
            raise SchemaFaultError("it is nested too deeply" if depth > _DEEPEST else "it is too large")
        if isinstance(schema, str):
            return self._named(schema, space)
        if isinstance(schema, list):
            for branch in schema:
                self.least(branch, depth + 1, space)
            return 1
        if not isinstance(schema, dict):
            raise SchemaFaultError(f"{schema!r:.40} is no type")
        return self._complex(schema, depth, space)

    def _named(self, name: str, space: str) -> int:
        if name in _SIZES:
            return _SIZES[name]
        full = name if "." in name or not space else f"{space}.{name}"
        size = self._sizes.get(full, self._sizes.get(name, 1))
        if size is None:
            raise SchemaFaultError(f"the type {name!r:.80} refers to itself, which is not read")
        return size

    def _complex(self, schema: dict[str, Any], depth: int, space: str) -> int:
        kind = schema.get("type")
        if kind == "array":
            if self.least(schema.get("items"), depth + 1, space) == 0:
                raise SchemaFaultError("it has an array of values without bytes, so that there could be any number")
            return 1
        if kind == "map":
            self.least(schema.get("values"), depth + 1, space)
            return 1
        if kind in _NAMED:
            return self._declared(schema, kind, depth, space)
        return self.least(kind, depth + 1, space)

    def _declared(self, schema: dict[str, Any], kind: str, depth: int, space: str) -> int:
        name = schema.get("name")
        if not isinstance(name, str):
            raise SchemaFaultError(f"a type {kind} has no name")
        given = schema.get("namespace")
        space = name.rpartition(".")[0] or (given if isinstance(given, str) else space)
        full = name if "." in name or not space else f"{space}.{name}"
        self._sizes[full] = None
        self._sizes[full] = size = self._size(schema, kind, depth, space)
        return size

    def _size(self, schema: dict[str, Any], kind: str, depth: int, space: str) -> int:
        if kind == "enum":
            return 1
        if kind == "fixed":
            size = schema.get("size")
            return size if isinstance(size, int) else 0
        fields = schema.get("fields")
        if not isinstance(fields, list) or not all(isinstance(each, dict) for each in fields):
            raise SchemaFaultError("the fields of a record are not a list of objects")
        return sum(self.least(each.get("type"), depth + 1, space) for each in fields)


def has_logical(schema: Any) -> bool:
    """Whether a schema has types whose values JSON does not have."""
    return any("logicalType" in each for each in objects_of(schema))


def objects_of(schema: Any) -> Iterator[dict[str, Any]]:
    """Every object in a schema, itself included."""
    waiting = [schema]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            yield each
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
