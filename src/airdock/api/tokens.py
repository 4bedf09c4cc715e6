"""Tokens that programs sign in with."""

from typing import Annotated, Literal

from msgspec import Meta

from airdock.api.shapes import RequestBody, ResponseBody, Time

TokenKind = Literal["personal", "service"]


class Token(ResponseBody, kw_only=True):
    """A token, without the token itself.

    Attributes:
        kind: A `personal` one acts for `user`; a `service` one is a caller of its own, with `roles`.
        scopes, projects: The permissions and projects that it is limited to; null for all that the roles allow.
        created_by: Who made it. expires, last_used: Null for never; `last_used` is accurate to a minute.
    """

    id: str
    name: str
    kind: TokenKind
    user: str
    roles: list[str] = []
    scopes: list[str] | None = None
    projects: list[str] | None = None
    created: Time
    created_by: str = ""
    expires: Time | None = None
    last_used: Time | None = None


class NewToken(RequestBody, kw_only=True):
    """A token to be made.

    Attributes:
        name: What its owner calls it; of a service's token the service's name.
        roles: Of a service; a personal token has the roles of its user.
        scopes, projects: Null for no limit. expires: Null for never.
    """

    name: Annotated[str, Meta(examples=["ci"])]
    kind: TokenKind = "personal"
    roles: Annotated[list[str], Meta(examples=[["publisher"]])] = []
    scopes: Annotated[list[str] | None, Meta(examples=[["registry.read", "registry.publish"]])] = None
    projects: Annotated[list[str] | None, Meta(examples=[["shop"]])] = None
    expires: Time | None = None


class MadeToken(Token, kw_only=True):
    """A token that was made. `token` is shown this once."""

    token: str
