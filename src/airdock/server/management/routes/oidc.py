"""Signing in at the OpenID Connect provider: the browser goes there, and comes back with a code."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote, unquote

from litestar import Response, get
from litestar.datastructures import Cookie
from litestar.exceptions import ClientException, NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from airdock.server.management.operations import UNASKED, operation
from airdock.server.management.parameters import Call
from airdock.server.management.parts import Parts
from airdock.server.management.routes.session import TAG, is_encrypted, session_cookie
from airdock.server.management.signin import remote_of

if TYPE_CHECKING:
    from airdock.identity.oidc import OpenIdConnect

PATH = "/api/v1/session/oidc"
BEGUN = "airdock_oidc"
"""The cookie with what the provider's answer is compared with."""
NEXT = "airdock_next"
"""The cookie with the page to go to afterwards."""

_OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")

Next = Annotated[
    str | None,
    QueryParameter(name="next", max_length=500, description="The path of the page to go to afterwards."),
]
Sent = Annotated[str | None, QueryParameter(max_length=8000, description="As the provider sends it.")]
State = Annotated[str | None, QueryParameter(name="state", max_length=8000, description="As the provider sends it.")]


def oidc_routes(parts: Parts) -> Sequence[HTTPRouteHandler]:
    """Both are for browsers: they answer with a place to go to."""

    @get(
        "/session/oidc",
        **operation("beginOidc", TAG, "Go to the OpenID Connect provider", UNASKED, status=302, problems=(404,)),
    )
    def begin_oidc(request: Call, next_: Next = None) -> Response[None]:
        page = own_path(next_ or parts.settings.root_path + "/")
        oidc = provider()
        begun = oidc.begin(callback_of(request))
        kept = {BEGUN: begun.cookie, NEXT: quote(page, safe="")}
        cookies = [short_cookie(request, name, value, oidc.cookie_age) for name, value in kept.items()]
        return moved(begun.url, cookies)

    @get(
        "/session/oidc/callback",
        **operation(
            "finishOidc",
            TAG,
            "Come back from the OpenID Connect provider",
            UNASKED,
            status=302,
            problems=(401, 403, 404),
        ),
    )
    def finish_oidc(
        request: Call, code: Sent = None, state_: State = None, iss: Sent = None, error: Sent = None
    ) -> Response[None]:
        given = {"code": code, "state": state_, "iss": iss, "error": error}
        query = {name: value for name, value in given.items() if value is not None}
        cookie = request.cookies.get(BEGUN, "")
        signed_in = provider().finish(cookie, query, callback_of(request), remote_of(request))
        page = own_path(unquote(request.cookies.get(NEXT, "")) or parts.settings.root_path + "/")
        gone = [short_cookie(request, name, "", 0) for name in (BEGUN, NEXT)]
        return moved(page, [session_cookie(parts, request, signed_in.cookie), *gone])

    def provider() -> "OpenIdConnect":
        parts.open()
        found = parts.oidc
        if found is None:
            raise NotFoundException("No OpenID Connect provider is set up: AIRDOCK_OIDC_ISSUER names it.")
        return found

    def callback_of(request: Call) -> str:
        base = parts.settings.public_url.rstrip("/") or f"{request.url.scheme}://{request.url.netloc}"
        return f"{base}{parts.settings.root_path}{PATH}/callback"

    def short_cookie(request: Call, name: str, value: str, age: int) -> Cookie:
        return Cookie(
            key=name,
            value=value,
            max_age=age,
            path=parts.settings.root_path + PATH,
            httponly=True,
            secure=is_encrypted(parts, request),
            samesite="lax",
        )

    return [begin_oidc, finish_oidc]


def own_path(page: str) -> str:
    """A page of this server, as a header has it; never one elsewhere.

    Raises:
        ClientException: it leads elsewhere, or nowhere.
    """
    if _OWN_PATH.fullmatch(page) is None:
        raise ClientException("`next` is a path of this server, such as /console/.")
    return quote(page, safe="/?&=#%:;,@!$'()*+~-._")


def moved(url: str, cookies: Sequence[Cookie]) -> Response[Any]:
    """Somewhere to go to."""
    return Response(None, status_code=302, headers={"Location": url}, cookies=list(cookies))
