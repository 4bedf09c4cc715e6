"""Multipart forms, with files."""

import re
import secrets
from typing import Any

from multipart import (  # type: ignore[import-untyped]
    MultipartError,
    MultipartSegment,
    ParserLimitReached,
    PushMultipartParser,
    parse_options_header,
)

from airdock.formats.form import MAX_FIELDS, plain_text
from airdock.formats.format import (
    ContentError,
    Format,
    Read,
    ReadFile,
    Reading,
    TooLargeError,
    UnwritableError,
    Write,
    Writing,
)
from airdock.formats.lists import LISTS, add_value
from airdock.formats.text import bytes_of, content_of, kind_of, text_of
from airdock.spec.fields import field
from airdock.spec.kinds import Text

TYPE = "multipart/form-data"
_BOUNDARY = r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]"
_FIRST_LINE = re.compile(rf"\s*--({_BOUNDARY})(?:--)?[ \t]*\r?\n".encode())
_ESCAPES = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})
BOUNDARY = Text(rf"({_BOUNDARY})?", "1 to 70 characters that may stand in a boundary")


class MultipartReading(Reading):
    """A multipart form becomes an object; a name that comes several times has a list.

    A field is a text; a file is an object with `filename`, `contentType` and `content`, which is bytes.
    """

    slow = True

    boundary: str = field(
        BOUNDARY,
        "What stands between the parts; if left out, what the content type says, else what the first line does.",
        default="",
    )
    lists: list[str] = LISTS
    max_fields: int = MAX_FIELDS

    def compile(self, file: ReadFile) -> Read:
        lists, most, own = frozenset(self.lists), self.max_fields, self.boundary

        def read(data: str | bytes, content_type: str) -> dict[str, Any]:
            content = bytes_of(data)
            fields: dict[str, Any] = {}
            for name, value in parts_of(content, own or _boundary_of(content, content_type), most):
                add_value(fields, name, value, lists)
            return fields

        return read


def _boundary_of(data: bytes, content_type: str) -> str:
    told: str = parse_options_header(content_type)[1].get("boundary", "")
    if told:
        return told
    line = _FIRST_LINE.match(data)
    if line is None:
        raise ContentError("nothing tells its boundary: it is in the content type, or in the first line, behind --")
    return line[1].decode()


def parts_of(data: bytes, boundary: str, most: int) -> list[tuple[str, Any]]:
    """Name and value of each part, in order.

    Raises:
        ContentError: it is no multipart form. TooLargeError: it has more than `most` parts.
    """
    try:
        return _parsed(data, boundary, most)
    except ParserLimitReached as error:
        raise TooLargeError(f"it has too many or too large parts: {error}") from error
    except MultipartError as error:
        raise ContentError(str(error)) from error
    except UnicodeEncodeError as error:
        raise ContentError("its boundary is not text") from error


def _parsed(data: bytes, boundary: str, most: int) -> list[tuple[str, Any]]:
    parts: list[tuple[str, Any]] = []
    segment: MultipartSegment | None = None
    content = bytearray()
    with PushMultipartParser(boundary, max_segment_count=most) as parser:
        for event in parser.parse(data) if data else ():
            if isinstance(event, MultipartSegment):
                segment, content = event, bytearray()
            elif event is not None:
                content += event
            elif segment is not None:
                parts.append((segment.name or "", _value(segment, bytes(content))))
    return parts


def _value(segment: MultipartSegment, content: bytes) -> Any:
    if segment.filename is None:
        return text_of(content, "", segment.charset or "")
    return {
        "filename": segment.filename,
        "contentType": segment.content_type or "application/octet-stream",
        "content": content,
    }


class MultipartWriting(Writing):
    """An object becomes a multipart form of type `multipart/form-data`.

    An object with `content` is a file, with its `filename` and `contentType`. A list becomes a part for each of its
    items. Null is empty; a number, true or false stands as in JSON.
    """

    boundary: str = field(BOUNDARY, "What stands between the parts; made at random if left out.", default="")

    def compile(self, file: ReadFile) -> Write:
        def write(value: Any) -> tuple[bytes, str]:
            if not isinstance(value, dict):
                raise UnwritableError(f"the parts are the fields of an object, not of {kind_of(value)}")
            parts = [
                _part(str(name), each)
                for name, item in value.items()
                for each in (item if isinstance(item, list | tuple) else (item,))
            ]
            boundary = self.boundary or secrets.token_hex(16)
            if any(boundary.encode() in part for part in parts):
                raise UnwritableError("the boundary stands in a part: choose another `boundary`")
            edge = f"--{boundary}\r\n".encode()
            body = b"".join(edge + part + b"\r\n" for part in parts) + f"--{boundary}--\r\n".encode()
            quoted = boundary if re.fullmatch(r"[\w.+-]+", boundary) else f'"{boundary}"'
            return body, f"{TYPE}; boundary={quoted}"

        return write


def _part(name: str, value: Any) -> bytes:
    head = f'Content-Disposition: form-data; name="{name.translate(_ESCAPES)}"'
    if isinstance(value, dict) and "content" in value:
        filename = plain_text(value.get("filename", "file"), "filename").translate(_ESCAPES)
        kind = plain_text(value.get("contentType") or "application/octet-stream", "contentType")
        if not re.fullmatch(r"[\x20-\x7e]+", kind):
            raise UnwritableError(f"the content type {kind!r:.80} of {name!r:.80} cannot stand in a header")
        head += f'; filename="{filename}"\r\nContent-Type: {kind}'
        content = content_of(value["content"], "multipart")
    else:
        content = content_of(plain_text(value, name), "multipart")
    try:
        return head.encode() + b"\r\n\r\n" + content
    except UnicodeError as error:
        raise UnwritableError(f"the name {name!r:.80} is not Unicode") from error


FORMAT = Format("multipart", MultipartReading, MultipartWriting)
