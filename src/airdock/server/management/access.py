"""The one guard of all routes: finds who is calling, and lets pass only whom the route's declaration names."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, NotFoundException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler

from airdock.api.session import CSRF_HEADER
from airdock.identity import Authenticator, Permission, Principal, is_csrf
from airdock.identity.permissions import OF_PROJECTS
from airdock.server.management.operations import KEY, Access, Declared
from airdock.server.management.parts import Parts
from airdock.server.management.signin import SignedIn, SignIn

Connection = ASGIConnection[Any, Any, Any, Any]
Guard = Callable[[Connection, BaseRouteHandler], Awaitable[None]]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SIGNED_IN = "airdock.signed_in"
"""Where in the scope stands how the caller signed in; `user` has the principal."""


class WrongTokenError(PermissionDeniedException):
    """A browser's request that changes something came without the token of its session."""


def make_guard(parts: Parts) -> Guard:
    """The guard. A route that declares nothing is closed to everybody."""
    authenticator = parts.authenticator
    sign_in = SignIn(authenticator)

    async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
        declared = handler.opt.get(KEY)
        if not isinstance(declared, Declared):
            raise PermissionDeniedException("This address is closed.")
        if not declared.access.unasked:
            await asyncio.to_thread(_admit, connection, declared.access)

    def _admit(connection: Connection, access: Access) -> None:
        parts.open()
        signed_in = sign_in.find(connection)
        connection.scope["user"] = signed_in.principal if signed_in else None
        connection.scope[SIGNED_IN] = signed_in  # type: ignore[literal-required]
        if signed_in is not None:
            _check_csrf(connection, signed_in)
        if access.anonymous:
            return
        if signed_in is None:
            raise NotAuthorizedException("Sign in: with a token, a user's name and password, or a session.")
        _authorize(authenticator, signed_in.principal, access, connection.path_params)

    return guard


def signed_in_of(connection: Connection) -> SignedIn | None:
    """How the caller signed in, after the guard."""
    found: SignedIn | None = connection.scope.get(SIGNED_IN)  # type: ignore[assignment]
    return found


def require(authenticator: Authenticator, principal: Principal, permission: Permission, project: str) -> None:
    """Refuses a caller who may not do this with a project; empty for what is in no project.

    Raises:
        NotFoundException: the caller does not see the project. PermissionDeniedException: sees it and may not.
    """
    if not authenticator.sees(principal, project):
        raise NotFoundException(f"There is no project {project!r}.")
    if not authenticator.may(principal, permission, project or None):
        raise _denied(permission)


def shows(authenticator: Authenticator, principal: Principal, permission: Permission, project: str) -> bool:
    """Whether a list shows the caller what is of a project."""
    return authenticator.sees(principal, project) and authenticator.may(principal, permission, project or None)


def _authorize(authenticator: Authenticator, principal: Principal, access: Access, parameters: dict[str, Any]) -> None:
    permission = access.permission
    if permission is None:
        return
    if access.own is not None and principal.kind != "service" and parameters.get(access.own) == principal.name:
        permission = Permission.ACCOUNT
    if access.project is not None:
        require(authenticator, principal, permission, parameters[access.project])
    elif permission in OF_PROJECTS:
        # What is of which project is for the route to tell; here somebody who may nowhere is refused.
        if not authenticator.may_somewhere(principal, permission):
            raise _denied(permission)
    elif not authenticator.may(principal, permission):
        raise _denied(permission)


def _check_csrf(connection: Connection, signed_in: SignedIn) -> None:
    if signed_in.session is None or connection.scope["method"] in SAFE_METHODS:  # type: ignore[typeddict-item]
        return
    if not is_csrf(signed_in.session, connection.headers.get(CSRF_HEADER, "")):
        raise WrongTokenError(f"Send the `csrf` of GET /api/v1/session as {CSRF_HEADER}.")


def _denied(permission: Permission) -> PermissionDeniedException:
    return PermissionDeniedException(f"This needs the permission {permission.value!r}.")
