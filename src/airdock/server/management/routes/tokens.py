"""Tokens that programs sign in with."""

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import delete, get, post
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter, QueryParameter, RawBody

from airdock.api.shapes import Page
from airdock.api.tokens import MadeToken, NewToken, Token
from airdock.identity import IdentityError
from airdock.identity.permissions import Permission
from airdock.identity.records import Token as StoredToken
from airdock.server.management.bodies import InvalidBodyError, decode
from airdock.server.management.operations import Access, operation
from airdock.server.management.paging import Cursor, Limit
from airdock.server.management.parameters import Call
from airdock.server.management.parts import Parts
from airdock.server.management.signin import remote_of

OWN = Access(Permission.ACCOUNT)

OfUser = Annotated[str | None, QueryParameter(max_length=200, description="Only tokens of this user or service.")]
TokenId = Annotated[str, PathParameter(description="The token's id.")]


def token_routes(parts: Parts) -> Sequence[HTTPRouteHandler]:
    """Everybody sees and ends their own; with the permission `tokens`, everybody's, and makes those of services."""
    tokens = parts.identity.tokens

    @get(
        "/tokens",
        **operation(
            "listTokens",
            "tokens",
            "Tokens, the oldest first, without their texts",
            OWN,
            description="The caller's; with the permission `tokens`, everybody's.",
        ),
    )
    def list_tokens(request: Call, user: OfUser = None, limit: Limit = 50, cursor: Cursor = None) -> Page[Token]:
        if not manages(request):
            if user not in (None, request.user.name):
                raise PermissionDeniedException(f"This needs the permission {Permission.TOKENS.value!r}.")
            user = request.user.name
        page = tokens.list(owner=user, limit=limit, cursor=cursor or "")
        return Page([Token(**_fields(token)) for token in page.items], page.next)

    @post(
        "/tokens",
        **operation(
            "createToken",
            "tokens",
            "Make a token; the answer shows its text this once",
            OWN,
            description="One of a service needs the permission `tokens`.",
            body=NewToken,
            status=201,
            problems=(409,),
        ),
    )
    def create_token(request: Call, body: RawBody) -> MadeToken:
        given = decode(request, body, NewToken)
        limits: dict[str, Any] = {"scopes": given.scopes, "projects": given.projects, "expires": given.expires}
        if given.kind == "service":
            if not manages(request):
                raise PermissionDeniedException(f"This needs the permission {Permission.TOKENS.value!r}.")
            made = tokens.create_service(request.user, given.name, given.roles, **limits, remote=remote_of(request))
        elif given.roles:
            raise InvalidBodyError.of("roles", "A personal token has the roles of its user: leave them out.")
        else:
            made = tokens.create_personal(request.user, given.name, **limits, remote=remote_of(request))
        return MadeToken(**_fields(made.token), token=made.text)

    @delete("/tokens/{token:str}", **operation("revokeToken", "tokens", "End a token", OWN, status=204))
    def revoke_token(request: Call, token: TokenId) -> None:
        if tokens.get(token).owner != request.user.name and not manages(request):
            raise IdentityError("identity.unknownToken", f"there is no token {token!r}")
        tokens.revoke(token, by=request.user.name, remote=remote_of(request))

    def manages(request: Call) -> bool:
        return parts.authenticator.may(request.user, Permission.TOKENS)

    return [list_tokens, create_token, revoke_token]


def _fields(token: StoredToken) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "kind": token.kind,
        "user": token.owner,
        "roles": sorted(token.roles),
        "scopes": None if token.scopes is None else sorted(token.scopes),
        "projects": None if token.projects is None else sorted(token.projects),
        "created": token.created,
        "created_by": token.created_by,
        "expires": token.expires,
        "last_used": token.last_used,
    }
