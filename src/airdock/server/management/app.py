"""The ASGI application of the management port."""

import msgspec
from litestar import Litestar, Router
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Server

from airdock import __version__
from airdock.api.shapes import MEDIA_TYPE, ProblemDocument
from airdock.runlog import RunStore
from airdock.server.management.access import make_guard
from airdock.server.management.hosts import Names, is_loopback
from airdock.server.management.operations import JSON_LIMIT
from airdock.server.management.parameters import PATH
from airdock.server.management.parts import Parts
from airdock.server.management.problems import HANDLERS, make_problem
from airdock.server.management.routes import api_routes
from airdock.server.management.routes.index import INDEX, index_routes
from airdock.server.management.uploads import SIZE, Upload
from airdock.server.serving import Serving
from airdock.server.settings import Settings
from airdock.triggers.http import Room
from airdock.triggers.http.asgi import AsgiApp, Receive, Scope, Send

__all__ = ["INDEX", "ManagementApp", "make_api"]

HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""Of every answer of the API."""


class ManagementApp:
    """Sends each request to the API, or to the same handler of flows that the flow port has.

    It answers only to its own names, and to its own pages.
    """

    def __init__(self, serving: Serving, store: RunStore) -> None:
        self._root = serving.settings.root_path
        self._names = names_of(serving.settings)
        self._flows = AsgiApp(serving.handler)
        self.parts = Parts(serving, store)
        self.api = make_api(self.parts)
        self.room = Room(SIZE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._flows(scope, receive, send)
            return
        if (refusal := self._refusal(scope)) is not None:
            await (_send_problem(refusal, send) if scope["type"] == "http" else _close(receive, send))
            return
        if scope["type"] == "websocket":
            await self._flows(scope, receive, send)
            return
        path = self._below_root(scope["path"])
        if path in ("/", "/metrics") or path.startswith("/api/"):
            inner = {**scope, "path": path, "raw_path": path.encode(), "root_path": "", PATH: path}
            with Upload(self.room, receive) as received:
                await self.api(inner, received, send)  # type: ignore[arg-type]
        else:
            await self._flows(scope, receive, send)

    def _below_root(self, path: str) -> str:
        if self._root and (path == self._root or path.startswith(f"{self._root}/")):
            return path[len(self._root) :] or "/"
        return path

    def _refusal(self, scope: Scope) -> ProblemDocument | None:
        headers = dict(scope["headers"])
        host = headers.get(b"host", b"").decode("latin-1")
        if not self._names.takes_host(host):
            detail = "The management port does not have this name: use localhost, or set `public_url`."
            return make_problem(421, "request.host", detail)
        origin = headers.get(b"origin")
        if origin is not None and not self._names.takes_origin(origin.decode("latin-1"), host):
            return make_problem(403, "request.origin", "The management port answers only to its own pages.")
        if b"%00" in scope.get("query_string", b"") or "\0" in scope["path"]:
            return make_problem(400, "request.value", "An address holds no character NUL.")
        return None


def names_of(settings: Settings) -> Names:
    """The names that the settings give the management port."""
    host = settings.admin_host
    return Names(settings.public_url, any_host=host is not None and not is_loopback(host))


def make_api(parts: Parts) -> Litestar:
    """The API, the metrics and the index, behind one guard."""
    return Litestar(
        [
            Router("/", route_handlers=[*index_routes(parts)]),
            Router("/api/v1", route_handlers=[*api_routes(parts)]),
        ],
        guards=[make_guard(parts)],
        exception_handlers=HANDLERS,
        request_max_body_size=JSON_LIMIT,
        response_headers=HEADERS,
        openapi_config=OpenAPIConfig(
            title="Airdock management",
            version=__version__,
            description=DESCRIPTION,
            path="/openapi",
            servers=[Server(url=parts.settings.root_path or "/")],
        ),
        logging_config=None,
    )


DESCRIPTION = """\
The management of an Airdock installation: projects from draft to release, runs, users, secrets.

Names are camelCase, times are RFC 3339 texts in UTC. A list answers `{"items": […], "next": …}`; `next` is the \
`cursor` of the part behind it, null at the end. Every error is a problem document (RFC 9457) with a stable `code`.

Sign in with a token (`Authorization: Bearer adk_…`), with a name and a password (`Basic`), or with a session of \
`POST /api/v1/session`. A browser sends the session's `csrf` as `X-CSRF-Token` with whatever changes something. While \
there is no user the person at the machine needs none of it. What a caller may do their roles say; projects that list \
members do not exist for others.
"""


async def _send_problem(problem: ProblemDocument, send: Send) -> None:
    body = msgspec.json.encode(problem)
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _close(receive: Receive, send: Send) -> None:
    """Refuses a WebSocket."""
    await receive()
    await send({"type": "websocket.close", "code": 1008})
