"""Values of Avro's logical types, which JSON does not have, as texts and back."""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from airdock.formats.avro_schema import objects_of

_TEXTS: dict[str, Callable[[str], Any]] = {
    "date": date.fromisoformat,
    "time-millis": time.fromisoformat,
    "time-micros": time.fromisoformat,
    "timestamp-millis": datetime.fromisoformat,
    "timestamp-micros": datetime.fromisoformat,
    "local-timestamp-millis": datetime.fromisoformat,
    "local-timestamp-micros": datetime.fromisoformat,
    "decimal": Decimal,
    "uuid": UUID,
}


def plain_value(value: Any) -> Any:
    """A value in which dates, times, decimals and UUIDs are texts."""
    if isinstance(value, dict):
        return {name: plain_value(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain_value(each) for each in value]
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value) if isinstance(value, UUID) else value


class Preparing:
    """Makes texts and numbers what a schema wants them to be."""

    def __init__(self, schema: Any) -> None:
        """`schema` is as the library parsed it: a named type stands in full once, and by its name elsewhere."""
        self._schema = schema
        self._named = {each["name"]: each for each in objects_of(schema) if "name" in each and "type" in each}

    def prepared(self, value: Any) -> Any:
        """The value for the library.

        Raises:
            ValueError, ArithmeticError: a text is none of what the schema wants.
        """
        return self._of(value, self._schema)

    def _of(self, value: Any, schema: Any) -> Any:
        if isinstance(schema, list):
            return self._of_union(value, schema)
        if isinstance(schema, str):
            schema = self._named.get(schema)
        if not isinstance(schema, dict):
            return value
        make = _TEXTS.get(schema.get("logicalType", ""))
        if make is not None and (isinstance(value, str) or (make is Decimal and isinstance(value, int | float))):
            return make(str(value))
        return self._inside(value, schema)

    def _inside(self, value: Any, schema: dict[str, Any]) -> Any:
        kind = schema.get("type")
        if kind == "record" and isinstance(value, dict):
            types = {each["name"]: each["type"] for each in schema["fields"]}
            return {name: self._of(each, types.get(name)) for name, each in value.items()}
        if kind == "array" and isinstance(value, list | tuple):
            return [self._of(each, schema["items"]) for each in value]
        if kind == "map" and isinstance(value, dict):
            return {name: self._of(each, schema["values"]) for name, each in value.items()}
        return self._of(value, kind) if isinstance(kind, dict | list) else value

    def _of_union(self, value: Any, branches: list[Any]) -> Any:
        """The value as the first branch that changes it makes it."""
        for branch in branches:
            try:
                found = self._of(value, branch)
            except (ValueError, ArithmeticError):
                continue
            if found is not value:
                return found
        return value
