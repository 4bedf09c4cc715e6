"""What every resource of the API shares: the two kinds of bodies, pages of lists, and problems."""

from datetime import datetime
from typing import Annotated, Generic, Literal, TypeVar

import msgspec
from msgspec import Meta

T = TypeVar("T")

Time = Annotated[datetime, Meta(tz=True)]
"""A moment; on the wire a text of RFC 3339 with its zone, in answers UTC."""

LARGEST = 2**31 - 1
"""Of numbers of releases."""

MEDIA_TYPE = "application/problem+json"
"""What every error of the API is."""


class RequestBody(msgspec.Struct, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """What a caller sends as JSON: a field that nobody knows is refused, as it is most often a misspelt one."""


class ResponseBody(msgspec.Struct, rename="camel", kw_only=True):
    """What the server answers as JSON. A client passes over fields that it does not know."""


class Page(msgspec.Struct, Generic[T]):
    """A part of a list. `next` is the `cursor` of the part behind it, null at the end."""

    items: list[T]
    next: str | None = None


class Place(ResponseBody, kw_only=True):
    """Where a problem stands in a file: line and column count from 1, 0 is unknown; `path` is a JSON path."""

    file: str = ""
    line: int = 0
    column: int = 0
    path: str = "$"


class ProblemInfo(ResponseBody, kw_only=True):
    """One thing that is wrong: in a file of a project (`place`), or in a field or parameter of the request (`field`).

    Attributes:
        code: A stable name. message: A sentence. hint: The next move, may be empty.
        severity: `error`; of a file also `warning`, which refuses nothing.
        field: The name on the wire, `body.name` or `query.limit`; empty for a problem of a file.
        place: Null for a problem of the request.
    """

    code: str
    message: str
    hint: str = ""
    severity: Literal["error", "warning", "hint"] = "error"
    field: str = ""
    place: Place | None = None


FileChange = Literal["added", "changed", "removed"]


class FileDifference(ResponseBody, kw_only=True):
    """A file that is not the same on both sides.

    Attributes:
        text: A unified diff, where it was asked for and both contents are text.
    """

    path: str
    change: FileChange
    text: str | None = None


class Difference(ResponseBody, kw_only=True):
    """What must be done to the first side to get the second one: the files, by path."""

    files: list[FileDifference]


class ProblemDocument(msgspec.Struct, rename="camel", kw_only=True, omit_defaults=True):
    """An error (RFC 9457), `application/problem+json`.

    Attributes:
        title: The status in words. code: A stable name. type: A URI made of it. detail: One sentence.
        errors: Everything that is wrong, one by one.
        difference, release: Of a publication that was refused as its base is stale: what others changed since the
            base, and the release that is current.
    """

    title: str
    status: int
    code: str
    type: str = "about:blank"
    detail: str = ""
    errors: list[ProblemInfo] = []
    difference: Difference | None = None
    release: int | None = None
