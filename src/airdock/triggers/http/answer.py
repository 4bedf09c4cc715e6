"""What the caller gets: an exchange that ended, as status, headers and body."""

import re
from functools import lru_cache
from typing import Any

import msgspec

from airdock.charsets import codec
from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.response import ABSENT, Response
from airdock.streams import STREAM_READ, Stream
from airdock.triggers.http.bodies import media_type

RUN_HEADER = "airdock-run"
TEXT = ("content-type", "text/plain; charset=utf-8")
BYTES = ("content-type", "application/octet-stream")
JSON = ("content-type", "application/json")

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")
_BODILESS = frozenset({204, 205, 304})
# The server frames the answer; a flow that copies these from an upstream answer would break it.
_FRAMING = frozenset(
    f"connection content-length keep-alive proxy-connection te trailer transfer-encoding upgrade {RUN_HEADER}".split()
)


class Answer(msgspec.Struct):
    """A whole answer. `headers` has no `content-length`: the face adds it from `body`, for HEAD as well."""

    status: int
    headers: list[tuple[str, str]]
    body: str | bytes = b""


def make_answer(exchange: Exchange) -> Answer:
    """The answer of a run that ended well.

    It is what `respond` set, else what was written, else the body if a step set one (text, bytes, or JSON; None is
    empty), else empty. `content-length`, `connection` and the like that a flow set are left out.

    Raises:
        FlowError: `response.invalid`, HTTP does not allow the status or a header, or JSON cannot hold the body.
    """
    response = exchange.response
    parts = response.parts
    if len(parts) == 1 and response.body is ABSENT and response.status is None and response.own_headers is None:
        text = parts[0]
        # ASCII cannot fail to encode; the server takes it as it is.
        if type(text) is str and text.isascii():
            return Answer(200, [TEXT, (RUN_HEADER, exchange.run.id)], text)
    return _make_any(exchange, response)


def _make_any(exchange: Exchange, response: Response) -> Answer:
    status = _status(response.status)
    content_type, value = _content(exchange, response)
    headers = _headers(response) if response.own_headers is not None else []
    own_type = dict(headers).get("content-type") if headers else None
    body = value if isinstance(value, bytes) else _encode(value, own_type)
    if status in _BODILESS:
        body = b""
    elif own_type is None and content_type is not None:
        headers.insert(0, content_type)
    headers.append((RUN_HEADER, exchange.run.id))
    return Answer(status, headers, body)


def _content(exchange: Exchange, response: Response) -> tuple[tuple[str, str] | None, str | bytes]:
    if response.body is not ABSENT:
        return _represent(response.body)
    if response.parts:
        return TEXT, _join(response.parts)
    if exchange.body_set:
        own_type, value = _represent(exchange.body)
        return (("content-type", exchange.body_type) if exchange.body_type else own_type), value
    return None, b""


def _represent(value: Any) -> tuple[tuple[str, str] | None, str | bytes]:
    if value is None:
        return None, b""
    if isinstance(value, str):
        return TEXT, value
    if isinstance(value, (bytes, bytearray, memoryview)):
        return BYTES, bytes(value)
    if isinstance(value, Stream):
        raise FlowError("response.invalid", f"The answer cannot be {STREAM_READ}")
    try:
        return JSON, msgspec.json.encode(value)
    except (TypeError, ValueError, OverflowError, RecursionError, msgspec.MsgspecError) as error:
        raise FlowError("response.invalid", f"The body cannot be written as JSON: {error}") from error


def _join(parts: list[str | bytes]) -> str | bytes:
    texts = [part for part in parts if isinstance(part, str)]
    if len(texts) == len(parts):
        return "".join(texts)
    return b"".join(part if isinstance(part, bytes) else _encode(part, None) for part in parts)


def _encode(text: str, content_type: str | None) -> bytes:
    name = _codec_of(content_type) if content_type else "utf-8"
    if name is None:
        raise FlowError("response.invalid", f"The charset of the answer's type {content_type!r} is not known.")
    try:
        # Only UTF-8 holds every character; in others a character that is missing becomes "?", as in servlets.
        return text.encode(name, "strict" if name == "utf-8" else "replace")
    except UnicodeError as error:
        raise FlowError("response.invalid", f"The answer has a character that is not valid text: {error}") from error


@lru_cache(maxsize=128)
def _codec_of(content_type: str) -> str | None:
    return codec(media_type(content_type)[1].get("charset", ""))


def _status(status: Any) -> int:
    if status is None:
        return 200
    if type(status) is not int or not 200 <= status <= 599:
        raise FlowError("response.invalid", f"The status {status!r} is not a whole number from 200 to 599.")
    return status


def _headers(response: Response) -> list[tuple[str, str]]:
    headers: list[tuple[str, str]] = []
    for name, value in response.headers.items():
        if not _is_name(name):
            raise FlowError("response.invalid", f"{name!r} is not the name of a header.")
        if name in _FRAMING:
            continue
        if type(value) is str and value.isprintable():
            headers.append((name, value))
        else:
            headers.extend((name, _header_text(name, each)) for each in _values(value))
    return headers


@lru_cache(maxsize=128)
def _is_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None


def _values(value: Any) -> list[Any]:
    return [each for each in (value if isinstance(value, list) else [value]) if each is not None]


def _header_text(name: str, value: Any) -> str:
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    if _FORBIDDEN.search(text):
        raise FlowError("response.invalid", f"The header {name!r} has a line break or another control character.")
    return text
