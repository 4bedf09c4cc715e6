"""The parameters of paths that several resources have."""

from datetime import UTC, datetime
from typing import Annotated, Any

from litestar import Request
from litestar.params import HeaderParameter, PathParameter

from airdock.identity import Principal

Call = Request[Principal, Any, Any]
"""A request behind the guard: `user` is who asks."""

MOST_NUMBER = 2**31 - 1

ProjectName = Annotated[str, PathParameter(description="The project's name.")]
UserName = Annotated[str, PathParameter(description="The user's name.")]
FilePath = Annotated[str, PathParameter(description="The file's path inside the project; it may hold slashes.")]
IfMatch = Annotated[
    str | None, HeaderParameter(name="If-Match", description="The `ETag` that the file must have; `*`: any.")
]
IfNoneMatch = Annotated[
    str | None, HeaderParameter(name="If-None-Match", description="`*`: the file must not exist yet.")
]

PATH = "airdock.path"
"""Where in the scope the path stands as it was asked for: the framework's own is tidied up."""


def file_path(request: Call) -> str:
    """The part of the path behind `/files/`, exactly as it was sent: what no path may be is refused, never mended."""
    whole: str = request.scope[PATH]  # type: ignore[literal-required]
    return whole.partition("/files/")[2]


def utc(moment: datetime | None) -> datetime | None:
    """A time of a query; one without a zone is UTC."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
