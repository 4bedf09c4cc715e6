"""Who calls a flow: users and services by their credentials, and the person at this machine while there is no user."""

import asyncio
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from typing import TypeVar

from airdock.api.session import COOKIE
from airdock.codes import CODES
from airdock.database import DatabaseError
from airdock.errors import FlowError
from airdock.identity import LOCAL, UNKNOWN, Authenticator, IdentityError, Permission, Principal, Unknown
from airdock.server.management.hosts import is_local, is_loopback
from airdock.triggers.http import Caller, HttpRequest
from airdock.triggers.http.basic import basic_credential
from airdock.triggers.http.callers import BASIC, BEARER, authorization
from airdock.triggers.http.paths import FLOWS, SANDBOX, SECURED

_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
_SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))

Found = TypeVar("Found")


class InstallationCallers:
    """The callers that an installation knows.

    A credential that is sent decides alone: one that is not valid makes nobody of the caller, whatever else there is.
    """

    challenges = (BEARER, BASIC)

    def __init__(self, authenticator: Authenticator, *, sessions: bool = False) -> None:
        """`sessions`: whether the cookie of a signed-in browser counts, as it does on the management port."""
        self._authenticator = authenticator
        self._sessions = sessions

    async def find(self, request: HttpRequest) -> Caller | None:
        """
        Raises:
            FlowError: `request.forbidden`, the caller may not call such flows; `identity.tooManyAttempts`; 503 where
                the database cannot be asked.
        """
        try:
            principal = await self._principal(request)
            if principal is None:
                return None
            permission = _permission(request.path)
            if not await asyncio.to_thread(self._authenticator.may, principal, permission, _project(request.path)):
                raise FlowError("request.forbidden", f"This needs the permission {permission.value!r}.")
        except IdentityError as error:
            raise FlowError(error.code, str(error)) from error
        except DatabaseError as error:
            raise FlowError(error.code, CODES[error.code].meaning, status=503) from error
        return Caller(principal.name, principal.roles, every_role=principal.kind == "local")

    async def _principal(self, request: HttpRequest) -> Principal | None:
        if request.take_all("authorization"):
            return await self._by_header(request)
        if self._sessions and is_from_own_page(request) and (cookie := _cookie(request)):
            found = await asyncio.to_thread(self._authenticator.session, cookie)
            if found is not None:
                return found[0]
        if is_at_this_machine(request) and await asyncio.to_thread(lambda: self._authenticator.is_open):
            return LOCAL
        return None

    async def _by_header(self, request: HttpRequest) -> Principal | None:
        match authorization(request):
            case "bearer", token:
                known = self._authenticator.remembered_bearer(token)
                return await _asked(known, lambda: self._authenticator.bearer(token))
            case "basic", text if (pair := basic_credential(text)) is not None:
                user, password = pair
                known = self._authenticator.remembered_basic(user, password)
                return await _asked(known, lambda: self._authenticator.basic(user, password, request.remote))
        return None


async def _asked(known: Principal | Unknown | None, ask: Callable[[], Principal | None]) -> Principal | None:
    """What is known from memory, else what the database says, asked in a thread."""
    return await asyncio.to_thread(ask) if known is UNKNOWN else known


def is_at_this_machine(request: HttpRequest) -> bool:
    """Whether a program of this machine asks for a name of this machine, and not on behalf of somebody else."""
    if not is_loopback(request.remote) or not is_local(request.take_header("host") or ""):
        return False
    origin = request.take_header("origin")
    if origin is not None and not is_from_own_page(request):
        return False
    # A proxy at this machine brings callers from elsewhere.
    return not any(request.take_all(name) for name in _FORWARDED)


def is_from_own_page(request: HttpRequest) -> bool:
    """Whether a request that a browser sent comes from a page of this very address, or from no page."""
    site = request.take_header("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.take_header("origin")
    if origin is None:
        # A browser without both headers sends the cookie of another page's request only to where it navigates.
        return request.method in _SAFE_METHODS
    return origin.partition("://")[2].lower() == (request.take_header("host") or "").lower()


def _cookie(request: HttpRequest) -> str | None:
    for field in request.take_all("cookie"):
        try:
            found = SimpleCookie(field).get(COOKIE)
        except CookieError:
            continue
        if found is not None:
            return found.value
    return None


def _permission(path: str) -> Permission:
    return Permission.SANDBOX if path.startswith(SANDBOX) else Permission.FLOWS_CALL


def _project(path: str) -> str | None:
    """The project of an address; None for a flow at the root."""
    if path.startswith(SANDBOX):
        rest = path[len(SANDBOX) :].partition("/")[2]
    else:
        rest = path.removeprefix(SECURED).removeprefix(f"{FLOWS}/")
    project, slash, _ = rest.partition("/")
    return project if slash else None
