"""Forms: urlencoded and multipart."""

from typing import Any

from airdock.errors import FlowError
from airdock.formats.format import ContentError, TooLargeError
from airdock.formats.multipart import parts_of
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
    fields: dict[str, Any] = {}
    try:
        for name, value in parts_of(data, boundary, limits.parameters):
            fields.setdefault(name, value)
    except TooLargeError as error:
        raise FlowError("request.query", f"The form cannot be read: {error}") from error
    except ContentError as error:
        raise FlowError("request.body", f"The body is not a multipart form: {error}") from error
    return fields
