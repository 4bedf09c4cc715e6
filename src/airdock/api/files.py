"""Files of a project."""

from msgspec import field

from airdock.api.shapes import ProblemInfo, RequestBody, ResponseBody


class FileInfo(ResponseBody, kw_only=True):
    """A file. `size` is in bytes; `etag` names the content, as the header `ETag` does (here without quotes)."""

    path: str
    size: int
    etag: str


class Activation(ResponseBody, kw_only=True):
    """What became of activating a project.

    Attributes:
        activated: It runs in the caller's sandbox now. If not, `problems` says why, and what ran before goes on.
        addresses: Where the flows of the sandbox answer, below the root path.
    """

    project: str
    activated: bool
    addresses: list[str] = []
    problems: list[ProblemInfo] = []


class Saved(ResponseBody, kw_only=True):
    """A change of the workspace was kept. `activation` is null unless what is saved is activated at once."""

    activation: Activation | None = None


class SavedFile(Saved, kw_only=True):
    """A file was written or moved."""

    path: str
    size: int
    etag: str


class FileMove(RequestBody, kw_only=True):
    """Another path for a file."""

    from_: str = field(name="from")
    to: str
