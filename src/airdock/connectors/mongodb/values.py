"""Values of messages as MongoDB has them, and the other way round."""

from datetime import datetime
from typing import Any

from airdock.errors import FlowError
from airdock.expressions import Template


def checked(template: Template, value: Any) -> Any:
    """What a template gave, with the types of MongoDB, if no value of the message is an operator in it.

    Raises:
        FlowError: `connector.mongodb.operator`.
    """
    return _checked(template.written, value)


def _checked(written: Any, value: Any) -> Any:
    if isinstance(written, dict) and isinstance(value, dict):
        if len(written) == 1 and (made := _TYPES.get(next(iter(written)))) is not None:
            return made(next(iter(value.values())))
        return {key: _checked(written[key], each) for key, each in value.items()}
    if isinstance(written, list) and isinstance(value, list):
        return [_checked(*pair) for pair in zip(written, value, strict=True)]
    _refuse_operators(value)
    return value


def _refuse_operators(value: Any) -> None:
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            if bad := next((key for key in each if not isinstance(key, str) or key.startswith("$")), None):
                message = f"a value of the message has the key {str(bad)[:50]!r}, which would be an operator"
                raise FlowError("connector.mongodb.operator", message)
            waiting += each.values()
        elif isinstance(each, list | tuple):
            waiting += each


def _object_id(value: Any) -> Any:
    from bson import ObjectId
    from bson.errors import InvalidId

    try:
        return ObjectId(value)
    except (InvalidId, TypeError) as error:
        raise FlowError("connector.mongodb.command", f"{str(value)[:50]!r} is no object id") from error


def _date(value: Any) -> datetime:
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise FlowError("connector.mongodb.command", f"{str(value)[:50]!r} is no date and time") from error


_TYPES = {"$oid": _object_id, "$date": _date}


def plain(value: Any) -> Any:
    """A value as JSON has it: ids and decimals are texts, dates those of ISO 8601; bytes stay bytes."""
    if value is None or isinstance(value, str | bool | bytes):
        return bytes(value) if isinstance(value, bytes) else value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value.isoformat() if isinstance(value, datetime) else str(value)
