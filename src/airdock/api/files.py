"""Files of a project."""

from typing import Annotated

from msgspec import Meta, field

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
        warnings: What is most likely not what was meant.
    """

    project: str
    activated: bool
    addresses: list[str] = []
    problems: list[ProblemInfo] = []
    warnings: list[ProblemInfo] = []


class Saved(ResponseBody, kw_only=True):
    """A change of the workspace was kept. `activation` is null unless what is saved is activated at once."""

    activation: Activation | None = None


class SavedFile(Saved, kw_only=True):
    """A file was written or moved. Of a folder that was moved, `size` is that of all its files and `etag` is empty."""

    path: str
    size: int
    etag: str


class FileMove(RequestBody, kw_only=True):
    """Another path for a file, or for all files of a folder."""

    from_: Annotated[str, Meta(examples=["orders.flow"])] = field(name="from")
    to: Annotated[str, Meta(examples=["purchases.flow"])]
