"""Forms: urlencoded and multipart."""

from typing import Any

from multipart import (  # type: ignore[import-untyped]
    MultipartError,
    MultipartSegment,
    ParserLimitReached,
    PushMultipartParser,
)

from airdock.errors import FlowError
from airdock.triggers.http.bodies import MULTIPART, decode_text, media_type
from airdock.triggers.http.query import first_values, parse_pairs
from airdock.triggers.http.settings import Limits


def parse_form(content_type: str, data: bytes, limits: Limits) -> dict[str, Any]:
    """The fields of a form; of two with one name the first. A file is `{filename, contentType, content}`.

    Raises:
        FlowError: `request.body`, the body is not a form; `request.query`, it has more fields than allowed.
    """
    name, options = media_type(content_type)
    if name == MULTIPART:
        return _parse_multipart(options.get("boundary", ""), data, limits)
    return dict(first_values(parse_pairs(decode_text(data, options.get("charset", "")), limits.parameters)))


def _parse_multipart(boundary: str, data: bytes, limits: Limits) -> dict[str, Any]:
    try:
        return _fields(boundary, data, limits)
    except ParserLimitReached as error:
        raise FlowError("request.query", f"The form has too many or too large parts: {error}") from error
    except MultipartError as error:
        raise FlowError("request.body", f"The body is not a multipart form: {error}") from error
    except UnicodeEncodeError as error:
        raise FlowError("request.body", "The boundary of the multipart form is not text.") from error


def _fields(boundary: str, data: bytes, limits: Limits) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    segment: MultipartSegment | None = None
    content = bytearray()
    parser = PushMultipartParser(boundary, max_segment_count=limits.parameters)
    with parser:
        for event in parser.parse(data) if data else ():
            if isinstance(event, MultipartSegment):
                segment, content = event, bytearray()
            elif event is not None:
                content += event
            elif segment is not None:
                fields.setdefault(segment.name or "", _value(segment, bytes(content)))
    return fields


def _value(segment: MultipartSegment, content: bytes) -> Any:
    if segment.filename is None:
        return decode_text(content, segment.charset or "")
    return {
        "filename": segment.filename,
        "contentType": segment.content_type or "application/octet-stream",
        "content": content,
    }
