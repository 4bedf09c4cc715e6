"""Signing in and out, and who one is."""

from collections.abc import Sequence

from litestar import Response, delete, get, post
from litestar.datastructures import Cookie
from litestar.handlers import HTTPRouteHandler
from litestar.params import RawBody

from airdock.api.session import COOKIE, Credentials, Session
from airdock.identity import IdentityError, Principal
from airdock.identity import Session as Begun
from airdock.server.management.access import signed_in_of
from airdock.server.management.bodies import decode
from airdock.server.management.operations import ANYBODY, UNASKED, operation
from airdock.server.management.parameters import Call
from airdock.server.management.parts import Parts
from airdock.server.management.signin import remote_of

TAG = "session"


def session_routes(parts: Parts) -> Sequence[HTTPRouteHandler]:
    """The session of a browser; programs send a token with each request and need none."""

    @get(
        "/session",
        **operation(
            "getSession",
            TAG,
            "Who the caller is",
            ANYBODY,
            description="`user` is null for somebody who must sign in.",
            problems=(401,),
        ),
    )
    def get_session(request: Call) -> Session:
        signed_in = signed_in_of(request)
        if signed_in is None:
            return Session(user=None, oidc=parts.has_oidc)
        return session_info(parts, signed_in.principal, signed_in.session)

    @post(
        "/session",
        **operation(
            "signIn",
            TAG,
            "Sign in with a name and a password",
            UNASKED,
            description="The answer sets the cookie of the session.",
            body=Credentials,
            problems=(401, 429),
        ),
    )
    def sign_in(request: Call, body: RawBody) -> Response[Session]:
        given = decode(request, body, Credentials)
        parts.open()
        found = parts.identity.sign_in(given.user, given.password, remote_of(request))
        if found is None:
            raise IdentityError("identity.credentials", "the name or the password is wrong")
        answer = session_info(parts, found.principal, found.session)
        return Response(answer, cookies=[session_cookie(parts, request, found.cookie)])

    @delete("/session", **operation("signOut", TAG, "End the session", ANYBODY, status=204, problems=(403,)))
    def sign_out(request: Call) -> Response[None]:
        if cookie := request.cookies.get(COOKIE):
            parts.identity.sign_out(cookie, remote_of(request))
        gone = session_cookie(parts, request, "")
        gone.max_age = 0
        return Response(None, status_code=204, cookies=[gone])

    return [get_session, sign_in, sign_out]


def session_info(parts: Parts, principal: Principal, session: Begun | None) -> Session:
    """Who somebody is, as the API shows it."""
    return Session(
        user=principal.name,
        kind=principal.kind,
        roles=sorted(principal.roles),
        permissions=sorted(parts.authenticator.permissions(principal)),
        open=principal.kind == "local",
        csrf=session.csrf if session else None,
        oidc=parts.has_oidc,
    )


def session_cookie(parts: Parts, request: Call, value: str) -> Cookie:
    """The cookie of a session: for the server alone, and only encrypted where it was set encrypted."""
    path, secure = parts.settings.root_path or "/", is_encrypted(parts, request)
    return Cookie(key=COOKIE, value=value, path=path, httponly=True, secure=secure, samesite="lax")


def is_encrypted(parts: Parts, request: Call) -> bool:
    """Whether the browser's connection is encrypted, as far as this server knows."""
    return request.url.scheme == "https" or parts.settings.public_url.startswith("https:")
