"""The ASGI application of the management port."""

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Litestar, MediaType, Response, get
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Server

from airdock import __version__
from airdock.runlog import RunLogError, RunStore
from airdock.server.management.hosts import is_local, is_local_origin
from airdock.server.management.problems import (
    MEDIA_TYPE,
    ProblemDocument,
    handle_bug,
    handle_http_error,
    handle_unreadable,
)
from airdock.server.management.routes import agent_routes, api_router
from airdock.server.management.runs import run_routes
from airdock.server.metrics import CONTENT_TYPE, AirdockCollector, metrics_text
from airdock.server.serving import Serving
from airdock.triggers.http.asgi import AsgiApp, Receive, Scope, Send

INDEX = {
    "flows": "/services/openapi.json",
    "api": "/api/v1/openapi.json",
    "agent": "/api/v1/agent",
    "runs": "/api/v1/runs",
    "metrics": "/metrics",
    "live": "/health/live",
    "ready": "/health/ready",
}
"""What `/` answers: where everything is."""


class ManagementApp:
    """Sends each request to the API, or to the same handler of flows that the flow port has.

    It answers only to names of this machine, and to pages of this machine, since callers cannot sign in yet.
    """

    def __init__(self, serving: Serving, store: RunStore) -> None:
        self._root = serving.settings.root_path
        self._flows = AsgiApp(serving.handler)
        self._api = make_api(serving, store)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._flows(scope, receive, send)
            return
        if (refusal := _refusal(scope)) is not None:
            await _send_problem(refusal, send)
            return
        path = self._below_root(scope["path"])
        if path in ("/", "/metrics") or path.startswith("/api/"):
            await self._api({**scope, "path": path, "raw_path": path.encode(), "root_path": ""}, receive, send)  # type: ignore[arg-type]
        else:
            await self._flows(scope, receive, send)

    def _below_root(self, path: str) -> str:
        if self._root and (path == self._root or path.startswith(f"{self._root}/")):
            return path[len(self._root) :] or "/"
        return path


def make_api(serving: Serving, store: RunStore) -> Litestar:
    """The API, the metrics and the index."""
    settings = serving.settings
    agent = serving.agent
    collector = AirdockCollector(store, lambda: [each.state for each in agent.artefacts if each.kind == "flow"])
    handlers = [*agent_routes(agent, str(settings.folder), settings.dev), *run_routes(store)]
    return Litestar(
        [api_router(handlers), *_plain_routes(collector, settings.root_path)],
        exception_handlers={HTTPException: handle_http_error, RunLogError: handle_unreadable, Exception: handle_bug},
        openapi_config=OpenAPIConfig(
            title="Airdock management",
            version=__version__,
            description="What this server has and does.",
            path="/openapi",
            servers=[Server(url=settings.root_path or "/")],
        ),
        logging_config=None,
    )


def _plain_routes(collector: AirdockCollector, root_path: str) -> Sequence[HTTPRouteHandler]:
    @get("/", include_in_schema=False, sync_to_thread=False)
    def index() -> dict[str, Any]:
        return {"airdock": __version__, **{name: root_path + address for name, address in INDEX.items()}}

    @get("/metrics", include_in_schema=False, media_type=MediaType.TEXT, sync_to_thread=True)
    def metrics() -> Response[bytes]:
        return Response(metrics_text(collector), media_type=CONTENT_TYPE)

    return [index, metrics]


def _refusal(scope: Scope) -> ProblemDocument | None:
    headers = dict(scope["headers"])
    host = headers.get(b"host", b"").decode("latin-1")
    if not is_local(host):
        return _forbidden(
            421, "request.host", "The management port answers only to names of this machine, such as localhost."
        )
    origin = headers.get(b"origin")
    if origin is not None and not is_local_origin(origin.decode("latin-1")):
        return _forbidden(403, "request.origin", "The management port answers only to pages of this machine.")
    return None


def _forbidden(status: int, code: str, detail: str) -> ProblemDocument:
    title = "Misdirected Request" if status == 421 else "Forbidden"
    return ProblemDocument(title, status, code, f"urn:airdock:error:{code}", detail)


async def _send_problem(problem: ProblemDocument, send: Send) -> None:
    body = msgspec.json.encode(problem)
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
