"""What is published."""

from typing import Annotated, Literal

from msgspec import Meta

from airdock.api.files import FileInfo
from airdock.api.shapes import LARGEST, RequestBody, ResponseBody, Time

ReleaseKind = Literal["publish", "rollback", "unpublish"]


class Release(ResponseBody, kw_only=True):
    """A release; it never changes.

    Attributes:
        kind: How it came to be. An `unpublish` has no files.
        source: Of a rollback, the release that it brought back.
        revision: The revision in version control, may be empty.
    """

    project: str
    number: int
    kind: ReleaseKind = "publish"
    user: str
    at: Time
    message: str = ""
    revision: str = ""
    source: int | None = None


class ReleaseFiles(Release, kw_only=True):
    """A release with its files."""

    files: list[FileInfo]


class Rollback(RequestBody, kw_only=True):
    """Publishes an earlier release again, as a new one."""

    release: Annotated[int, Meta(ge=1, le=LARGEST, examples=[3])]
    message: str = ""
