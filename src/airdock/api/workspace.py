"""The caller's workspace."""

from typing import Annotated

from msgspec import Meta

from airdock.api.shapes import LARGEST, Difference, ProblemInfo, RequestBody, ResponseBody


class WorkspaceProject(ResponseBody, kw_only=True):
    """A project in the caller's workspace.

    Attributes:
        base: The release that it came from, null for none. release: The one that is current now.
        changed: It differs from its base, or has none. in_sandbox: It was activated.
    """

    name: str
    base: int | None = None
    release: int | None = None
    changed: bool = False
    in_sandbox: bool = False


class Checkout(RequestBody, kw_only=True):
    """How a project gets into the workspace.

    Attributes:
        release: The release to copy, `"current"` for the current one; null for an empty project.
        overwrite: What is in the workspace and was never published may be lost; else such a project is refused.
    """

    release: Annotated[int, Meta(ge=1, le=LARGEST)] | Annotated[str, Meta(pattern="^current$")] | None = None
    overwrite: bool = False


class PublishRequest(RequestBody, kw_only=True):
    """Makes a release.

    Attributes:
        message: What changed, for people.
        base: The release that the change was made on; the one that the workspace knows if left out.
        revision: The revision in version control, if there is one.
    """

    message: Annotated[str, Meta(examples=["Orders above 100 are shipped free"])]
    base: Annotated[int, Meta(ge=1, le=LARGEST)] | None = None
    revision: str = ""


class Published(ResponseBody, kw_only=True):
    """What a publication did. `made` is false where nothing differed: `release` is the current one then.

    Attributes:
        warnings: What is most likely not what was meant, in what was published.
    """

    project: str
    release: int
    made: bool
    difference: Difference
    warnings: list[ProblemInfo] = []


class SandboxProject(ResponseBody, kw_only=True):
    """A project in the caller's sandbox, and where its flows answer, below the root path."""

    name: str
    addresses: list[str] = []
