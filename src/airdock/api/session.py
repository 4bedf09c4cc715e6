"""Signing in, and who one is then."""

from typing import Literal

from airdock.api.shapes import RequestBody, ResponseBody

CSRF_HEADER = "X-CSRF-Token"
"""Carries `Session.csrf` in every request of a browser that changes something."""
COOKIE = "airdock_session"

CallerKind = Literal["user", "service", "local"]


class Credentials(RequestBody, kw_only=True):
    """A name and a password."""

    user: str
    password: str


class Session(ResponseBody, kw_only=True):
    """Who the caller is.

    Attributes:
        user: Null for a caller who did not sign in and must.
        kind: `local` is the person at this machine while nobody has an account yet.
        permissions: What the roles, and the scopes of a token, allow; a project's members may narrow it further.
        open: No user exists yet.
        csrf: What `X-CSRF-Token` must be, null for a caller without a session cookie.
        oidc: People can sign in at an OpenID Connect provider: `GET /session/oidc`.
    """

    user: str | None
    kind: CallerKind | None = None
    roles: list[str] = []
    permissions: list[str] = []
    open: bool = False
    csrf: str | None = None
    oidc: bool = False
