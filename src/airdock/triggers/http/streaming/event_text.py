"""Events as they are written on the wire (the HTML standard, section 9.2)."""

import re
from typing import Any

import msgspec

from airdock.errors import FlowError

KEEP_ALIVE = b":\n\n"
_FIELDS = frozenset(("data", "event", "id", "retry"))
_BREAK = re.compile(r"\r\n|\r|\n")
_UNSAFE = re.compile(r"[\r\n\x00]")


def event_of(item: Any, *, with_id: bool = True) -> bytes:
    """An item as an event.

    An object that has `data`, and nothing but `event`, `id` and `retry` beside it, says what the event is; any other
    value is the data. Text is sent as it is, bytes as the UTF-8 text that they must be, all else as JSON.

    Args:
        with_id: Whether an id that the item has counts.

    Raises:
        FlowError: `response.invalid`.
    """
    if isinstance(item, dict) and "data" in item and item.keys() <= _FIELDS:
        id = item.get("id") if with_id else None
        return event_text(text_of(item["data"]), item.get("event"), id, item.get("retry"))
    return event_text(text_of(item))


def event_text(data: str, event: Any = None, id: Any = None, retry: Any = None) -> bytes:
    """An event of these parts, None for those that it has not.

    Raises:
        FlowError: `response.invalid`, a part has a line break, or `retry` is no number of milliseconds.
    """
    lines = []
    if event is not None:
        lines.append(f"event: {_word('event', event)}")
    if id is not None:
        lines.append(f"id: {_word('id', id)}")
    if retry is not None:
        lines.append(f"retry: {_milliseconds(retry)}")
    lines += [f"data: {line}" for line in _BREAK.split(data)]
    try:
        return ("\n".join(lines) + "\n\n").encode()
    except UnicodeError as error:
        raise FlowError("response.invalid", f"An event has a character that is not valid text: {error}") from error


def text_of(value: Any) -> str:
    """The data of an event.

    Raises:
        FlowError: `response.invalid`.
    """
    if isinstance(value, str):
        return value
    try:
        if isinstance(value, bytes | bytearray | memoryview):
            return bytes(value).decode()
        return msgspec.json.encode(value).decode()
    except (TypeError, ValueError, OverflowError, RecursionError, msgspec.MsgspecError) as error:
        raise FlowError("response.invalid", f"An event cannot be written: {error}") from error


def _word(name: str, value: Any) -> str:
    text = value if isinstance(value, str) else text_of(value)
    if _UNSAFE.search(text):
        raise FlowError("response.invalid", f"The `{name}` of an event has a line break.")
    return text


def _milliseconds(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 10**9:
        raise FlowError("response.invalid", f"The `retry` of an event is {value!r:.40}, not a number of milliseconds.")
    return value
