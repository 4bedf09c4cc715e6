"""Tokens that programs sign in with."""

from datetime import datetime
from typing import Literal

from airdock.api.shapes import RequestBody, ResponseBody

TokenKind = Literal["personal", "service"]


class Token(ResponseBody, kw_only=True):
    """A token, without the token itself.

    Attributes:
        kind: A `personal` one acts for `user`; a `service` one is a caller of its own, with `roles`.
        scopes: The permissions that it is limited to; null for all that the roles allow.
        expires, last_used: Null for never.
    """

    id: str
    name: str
    kind: TokenKind
    user: str
    roles: list[str] = []
    scopes: list[str] | None = None
    created: datetime
    expires: datetime | None = None
    last_used: datetime | None = None


class NewToken(RequestBody, kw_only=True):
    """A token to be made: `roles` only for a service, `scopes` null for no limit."""

    name: str
    kind: TokenKind = "personal"
    roles: list[str] = []
    scopes: list[str] | None = None
    expires: datetime | None = None


class MadeToken(Token, kw_only=True):
    """A token that was made. `token` is shown this once."""

    token: str
