"""Secrets: their names, never their values."""

from collections.abc import Sequence
from typing import Annotated

from litestar import delete, get, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter, RawBody

from airdock.api.secrets import SecretInfo, SecretValue
from airdock.api.shapes import Page
from airdock.identity.audit import Action
from airdock.identity.permissions import Permission
from airdock.secrets import SecretInfo as Known
from airdock.server.management.bodies import decode
from airdock.server.management.operations import Access, operation
from airdock.server.management.paging import Cursor, Limit, page_of
from airdock.server.management.parameters import Call
from airdock.server.management.parts import Parts

READ = Access(Permission.SECRETS_READ)
WRITE = Access(Permission.SECRETS_WRITE)

SecretName = Annotated[str, PathParameter(description="The secret's name.")]


def secret_routes(parts: Parts) -> Sequence[HTTPRouteHandler]:
    """No route answers with a value."""

    @get("/secrets", **operation("listSecrets", "secrets", "The names of the secrets", READ))
    def list_secrets(limit: Limit = 50, cursor: Cursor = None) -> Page[SecretInfo]:
        return page_of(map(_info, parts.secrets.list()), lambda secret: secret.name, limit, cursor)

    @put(
        "/secrets/{secret:str}",
        **operation("setSecret", "secrets", "Keep a secret", WRITE, body=SecretValue, problems=(422, 503)),
    )
    def set_secret(request: Call, secret: SecretName, body: RawBody) -> SecretInfo:
        given = decode(request, body, SecretValue)
        kept = parts.secrets.set(secret, given.value, request.user.name, overwrite=given.overwrite)
        parts.note(request, Action.SECRET_SET, secret)
        return _info(kept)

    @delete("/secrets/{secret:str}", **operation("removeSecret", "secrets", "Remove a secret", WRITE, status=204))
    def remove_secret(request: Call, secret: SecretName) -> None:
        parts.secrets.remove(secret)
        parts.note(request, Action.SECRET_REMOVE, secret)

    return [list_secrets, set_secret, remove_secret]


def _info(secret: Known) -> SecretInfo:
    return SecretInfo(
        name=secret.name, source=secret.source, changed=secret.changed, by=secret.by, problem=secret.problem
    )
