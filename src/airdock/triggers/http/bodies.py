"""Bodies by their content type: JSON, text and XML, or bytes."""

import re
from typing import Any

import msgspec
from multipart import parse_options_header  # type: ignore[import-untyped]

from airdock import charsets
from airdock.errors import FlowError
from airdock.nesting import json_deeper
from airdock.triggers.http.settings import Limits

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
_XML_ENCODING = re.compile(rb"""<\?xml[^>]{0,100}?\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")


def media_type(content_type: str) -> tuple[str, dict[str, str]]:
    """The lower-case media type of a `Content-Type` and its options."""
    name, options = parse_options_header(content_type)
    return name, options


def is_form(content_type: str) -> bool:
    """Whether a content type is that of a urlencoded or multipart form."""
    return content_type.partition(";")[0].strip().lower() in (URLENCODED, MULTIPART)


def parse_body(content_type: str, data: bytes, limits: Limits) -> Any:
    """What a body that is not a form says: a JSON value, a text (`text/*`, XML), else its bytes; None if it is empty.

    Raises:
        FlowError: `request.body`, the body does not fit its content type.
    """
    if not data:
        return None
    name, options = media_type(content_type)
    charset = options.get("charset", "")
    if name == "application/json" or name == "text/json" or name.endswith("+json"):
        return parse_json(data, charset, limits.depth)
    if name == "application/xml" or name == "text/xml" or name.endswith("+xml"):
        return decode_text(data, charset or _xml_charset(data))
    if name.startswith("text/"):
        return decode_text(data, charset)
    return data


def parse_json(data: bytes, charset: str, depth: int) -> Any:
    """The value of a JSON text; integers are exact whatever their size.

    Raises:
        FlowError: `request.body`, it is not JSON, or is nested deeper than `depth`.
    """
    text: bytes | str = data
    if charset.lower() not in ("", "utf-8", "utf8") or not data[:1].isascii() or data[:1] == b"\0":
        text = decode_text(data, charset)
    try:
        value = msgspec.json.decode(text)
    except RecursionError:
        raise _too_deep(depth) from None
    except (msgspec.MsgspecError, ValueError) as error:
        raise FlowError("request.body", f"The body is not JSON: {error}") from error
    if json_deeper(text.encode() if isinstance(text, str) else text, value, depth):
        raise _too_deep(depth)
    return value


def decode_text(data: bytes, charset: str) -> str:
    """The text of a body; a byte order mark is stronger than the charset and is left out.

    Raises:
        FlowError: `request.body`, the charset is not known, or the bytes are not of it.
    """
    try:
        return charsets.decode_text(data, charset)
    except charsets.CharsetError as error:
        raise FlowError("request.body", f"The body {error}.") from error


def _xml_charset(data: bytes) -> str:
    match = _XML_ENCODING.match(data)
    return match[1].decode("ascii") if match else ""


def _too_deep(depth: int) -> FlowError:
    return FlowError("request.body", f"The body is nested deeper than {depth} levels.")
