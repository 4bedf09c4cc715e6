"""Bodies of requests and answers by their content type."""

import re
from collections.abc import Callable
from typing import Any

import msgspec

from airdock import charsets
from airdock.errors import FlowError, Place
from airdock.formats.form import FormReading, FormWriting
from airdock.formats.format import ContentError, UnwritableError, Write
from airdock.formats.multipart import MultipartWriting
from airdock.formats.text import charset_of
from airdock.nesting import json_deeper

Encoded = tuple[bytes, str]
"""The bytes of a body and their content type."""

JSON = "application/json"
BYTES = "application/octet-stream"
DEPTH = 200
"""So deeply an answer's JSON may be nested."""

_XML_ENCODING = re.compile(rb"""<\?xml[^>]{0,100}?\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")


def _no_file(path: str, place: Place) -> bytes:
    raise FileNotFoundError(path)


_form = FormWriting().compile(_no_file)
_multipart = MultipartWriting().compile(_no_file)
_read_form = FormReading().compile(_no_file)
_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


def media_type(content_type: str) -> str:
    """The lower-case type without its options."""
    return content_type.partition(";")[0].strip().lower()


def is_json(media: str) -> bool:
    """Whether a media type is one of JSON."""
    return media == JSON or media == "text/json" or media.endswith("+json")


def encode_body(value: Any, content_type: str) -> Encoded:
    """The bytes of a value under a content type; where there is none, under the one that fits the value.

    Raises:
        FlowError: `connector.http.body`, the value cannot be sent so.
    """
    try:
        if not content_type:
            return _by_value(value)
        return _by_type(value, content_type)
    except (UnwritableError, TypeError, ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise FlowError("connector.http.body", f"the body cannot be sent: {error}") from error


def _by_value(value: Any) -> Encoded:
    if isinstance(value, str):
        return value.encode(), "text/plain; charset=utf-8"
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value), BYTES
    return _encode(value), JSON


def _by_type(value: Any, content_type: str) -> Encoded:
    media = media_type(content_type)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value), content_type
    write = _FORMS.get(media)
    if write is not None and isinstance(value, dict):
        made, own = write(value)
        return (made if isinstance(made, bytes) else made.encode()), own
    if is_json(media) and not isinstance(value, str):
        return _encode(value), content_type
    if isinstance(value, str):
        name = charsets.codec(charset_of(content_type))
        if name is None:
            raise UnwritableError(f"no charset is called so: {content_type!r:.80}")
        return value.encode(name), content_type
    return _encode(value), content_type


_FORMS: dict[str, Write] = {"application/x-www-form-urlencoded": _form, "multipart/form-data": _multipart}


def decode_body(data: bytes, content_type: str) -> Any:
    """What an answer's body says: a JSON value, a form's fields, a text (`text/*`, XML), else its bytes; None if empty.

    Raises:
        FlowError: `connector.http.response`, the body does not fit its content type.
    """
    if not data:
        return None
    if content_type == JSON:
        return _json(data, "")
    media = media_type(content_type)
    reader = _reader(media)
    if reader is None:
        return data
    try:
        return reader(data, content_type)
    except (ContentError, charsets.CharsetError) as error:
        raise FlowError(
            "connector.http.response", f"the answer, {content_type!r:.80}, does not fit: {error}"
        ) from error


def _reader(media: str) -> Callable[[bytes, str], Any] | None:
    if is_json(media):
        return _json
    if media == "application/xml" or media == "text/xml" or media.endswith("+xml"):
        return _xml
    if media == "application/x-www-form-urlencoded":
        return _read_form
    return _text if media.startswith("text/") else None


def _json(data: bytes, content_type: str) -> Any:
    charset = charset_of(content_type) if "charset" in content_type else ""
    if charset.lower() not in ("", "utf-8", "utf8") or not data[:1].isascii() or data[:1] == b"\0":
        data = charsets.decode_text(data, charset).encode()
    try:
        value = _decode(data)
    except RecursionError:
        raise _too_deep() from None
    except (msgspec.MsgspecError, ValueError) as error:
        raise FlowError("connector.http.response", f"the answer is not JSON: {error}") from error
    if json_deeper(data, value, DEPTH):
        raise _too_deep()
    return value


def _xml(data: bytes, content_type: str) -> str:
    told = _XML_ENCODING.match(data)
    return charsets.decode_text(data, charset_of(content_type) or (told[1].decode("ascii") if told else ""))


def _text(data: bytes, content_type: str) -> str:
    return charsets.decode_text(data, charset_of(content_type))


def _too_deep() -> FlowError:
    return FlowError("connector.http.response", f"the answer is nested deeper than {DEPTH} levels")


def excerpt(data: bytes, content_type: str, most: int = 1000) -> str:
    """The beginning of a body, for an error's details: a text; empty for bytes."""
    if content_type and _reader(media_type(content_type)) is None:
        return ""
    return data[:most].decode("utf-8", "replace")
