"""The bodies of messages: what a value is on the wire, and what came back says."""

import re
from typing import Any

import msgspec

from airdock import charsets
from airdock.errors import FlowError
from airdock.formats.text import charset_of
from airdock.nesting import json_deeper
from airdock.streams import STREAM_READ, Stream

JSON = "application/json"
DEPTH = 200
"""So deeply the JSON of a reply may be nested."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}")


def encode_content(value: Any, content_type: str = "") -> tuple[bytes, str]:
    """The bytes of a body, and the content type: the given one, else the one that fits the value; nothing for None.

    Raises:
        FlowError: `connector.broker.content`, the value cannot be sent.
    """
    if value is None:
        return b"", content_type
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value), content_type or "application/octet-stream"
    if isinstance(value, Stream):
        raise FlowError("connector.broker.content", f"a message cannot be {STREAM_READ}")
    try:
        if isinstance(value, str):
            codec = charsets.codec(charset_of(content_type)) or "utf-8"
            return value.encode(codec), content_type or "text/plain; charset=utf-8"
        return msgspec.json.encode(value), content_type or JSON
    except (TypeError, ValueError, OverflowError, RecursionError, msgspec.MsgspecError) as error:
        raise FlowError("connector.broker.content", f"the body cannot be sent as a message: {error}") from error


def decode_content(content: bytes, content_type: str) -> Any:
    """What a reply says: a JSON value, a text (`text/*`, XML), else its bytes; None if it is empty.

    Without a content type it is JSON if it can be read as such.

    Raises:
        FlowError: `connector.broker.content`, it does not fit its content type.
    """
    if not content:
        return None
    media = content_type.partition(";")[0].strip().lower()
    if media == JSON or media.endswith("+json"):
        return _json(content)
    if media.startswith("text/") or media == "application/xml" or media.endswith("+xml"):
        try:
            return charsets.decode_text(content, charset_of(content_type))
        except charsets.CharsetError as error:
            raise FlowError("connector.broker.content", f"the reply {error}") from error
    if not media:
        try:
            return _json(content)
        except FlowError:
            return content
    return content


def check_headers(headers: dict[str, str]) -> None:
    """Raises FlowError `connector.broker.header` where a name or a value could be read as something else."""
    for name, value in headers.items():
        if not _NAME.fullmatch(name):
            raise FlowError("connector.broker.header", f"{name!r:.80} is not the name of a header")
        if _CONTROL.search(value):
            raise FlowError("connector.broker.header", f"the header {name!r} has a line break or the like in its value")


def check_destination(name: str) -> None:
    """Raises FlowError `connector.broker.destination` where a text cannot name a topic or a queue anywhere."""
    if not name or len(name) > 255 or _CONTROL.search(name):
        raise FlowError("connector.broker.destination", f"{name!r:.80} is not the name of a topic or queue")


def _json(content: bytes) -> Any:
    try:
        value = msgspec.json.decode(content)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise FlowError("connector.broker.content", f"the reply is not JSON: {error}") from error
    if json_deeper(content, value, DEPTH):
        raise FlowError("connector.broker.content", f"the reply is nested deeper than {DEPTH} levels")
    return value
