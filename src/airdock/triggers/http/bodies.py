"""Bodies by their content type: JSON, text and XML, or bytes."""

import re
from collections.abc import Iterable
from typing import Any

import msgspec
from multipart import parse_options_header  # type: ignore[import-untyped]

from airdock.errors import FlowError
from airdock.triggers.http.charsets import codec
from airdock.triggers.http.settings import Limits

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
_XML_ENCODING = re.compile(rb"""<\?xml[^>]{0,100}?\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"))
_BOMS_16 = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


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
    if data.count(b"[") + data.count(b"{") > depth and _deeper(value, depth):
        raise _too_deep(depth)
    return value


def decode_text(data: bytes, charset: str) -> str:
    """The text of a body; a byte order mark is stronger than the charset and is left out.

    Raises:
        FlowError: `request.body`, the charset is not known, or the bytes are not of it.
    """
    marked = next((name for mark, name in _BOMS + _BOMS_16 if data.startswith(mark)), None)
    name = marked or codec(charset)
    if name is None:
        raise FlowError("request.body", "The charset of the body is not known.")
    try:
        return data.decode(name).removeprefix("\ufeff")
    except UnicodeError as error:
        raise FlowError("request.body", f"The body is not {name} text.") from error


def _xml_charset(data: bytes) -> str:
    match = _XML_ENCODING.match(data)
    return match[1].decode("ascii") if match else ""


def _too_deep(depth: int) -> FlowError:
    return FlowError("request.body", f"The body is nested deeper than {depth} levels.")


def _deeper(value: Any, depth: int) -> bool:
    """Whether lists and objects are nested more than `depth` levels; level by level, so that depth costs no stack."""
    level = [value]
    for _ in range(depth):
        level = [child for each in level for child in _children(each)]
        if not level:
            return False
    return any(isinstance(each, (dict, list)) for each in level)


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
