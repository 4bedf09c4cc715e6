"""Projects: where each stands, and who may see it."""

from airdock.api.shapes import RequestBody, ResponseBody, Time


class Project(ResponseBody, kw_only=True):
    """A project that the caller may see.

    Attributes:
        release: The current release, null when it is not published. published_by, published_at: who and when.
        in_workspace: The caller has it. base: the release that the caller's copy came from.
        changed: The caller's copy differs from its base (or has none).
        in_sandbox: It runs in the caller's sandbox.
        restricted: It has members, and only they (and administrators) see it.
    """

    name: str
    release: int | None = None
    published_by: str | None = None
    published_at: Time | None = None
    in_workspace: bool = False
    base: int | None = None
    changed: bool = False
    in_sandbox: bool = False
    restricted: bool = False


class Member(RequestBody, kw_only=True):
    """A user, or a service, who may work with a project, with these roles in it: `viewer`, `developer`, …"""

    user: str
    roles: list[str] = []


class Members(RequestBody, kw_only=True):
    """Everybody who may see a project; with nobody in it the project is not restricted."""

    members: list[Member]
