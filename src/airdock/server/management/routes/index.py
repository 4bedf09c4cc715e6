"""What is beside the API on the management port: the index and the metrics; and the description of the API."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec
from litestar import MediaType, Request, Response, get
from litestar.handlers import HTTPRouteHandler

from airdock import __version__
from airdock.agent.connections import statuses
from airdock.agent.paths import project_of
from airdock.identity import Permission
from airdock.server.listener_metrics import ListenerCollector
from airdock.server.listening import KIND
from airdock.server.management.access import shows
from airdock.server.management.describe import describe
from airdock.server.management.operations import UNASKED, Access, operation
from airdock.server.management.parameters import Call
from airdock.server.management.parts import Parts
from airdock.server.metrics import CONTENT_TYPE, AirdockCollector, Narrowed, metrics_text
from airdock.triggers.listener import ListenerState
from airdock.triggers.reports import Reports

INDEX = {
    "flows": "/services/openapi.json",
    "messages": "/services/asyncapi.json",
    "api": "/api/v1/openapi.json",
    "agent": "/api/v1/agent",
    "runs": "/api/v1/runs",
    "metrics": "/metrics",
    "live": "/health/live",
    "ready": "/health/ready",
}
"""What `/` answers: where everything is."""


def index_routes(parts: Parts) -> Sequence[HTTPRouteHandler]:
    """What is not part of the API."""

    @get("/", include_in_schema=False, **operation("index", "index", "Where everything is", UNASKED))
    def index() -> dict[str, Any]:
        root = parts.settings.root_path
        return {"airdock": __version__, **{name: root + address for name, address in INDEX.items()}}

    reports = Reports(parts.database, KIND, ListenerState)

    @get(
        "/metrics",
        include_in_schema=False,
        media_type=MediaType.TEXT,
        **operation("metrics", "index", "Counts for Prometheus", Access(Permission.AGENT_READ)),
    )
    def metrics(request: Call) -> Response[bytes]:
        def seen(flow: str) -> bool:
            return shows(parts.authenticator, request.user, Permission.REGISTRY_READ, project_of(flow))

        def states() -> list[str]:
            return [each.state for each in parts.agent.artefacts if each.kind == "flow" and seen(each.path)]

        def connections() -> list[tuple[str, str, str]]:
            found = statuses(parts.database, parts.agent.runtime.links.states())
            return [(each.name, each.type, each.state) for each in found if seen(each.name)]

        def listeners() -> list[ListenerState]:
            own = parts.settings.node_name
            return [state for node, _, states in reports.read() if node == own for state in states if seen(state.name)]

        def letters() -> dict[str, int]:
            return {name: count for name, count in parts.letters.counts().items() if seen(name)}

        collector = AirdockCollector(Narrowed(parts.store, seen), states, connections)
        return Response(metrics_text(collector, ListenerCollector(listeners, letters)), media_type=CONTENT_TYPE)

    return [index, metrics]


def description_routes() -> Sequence[HTTPRouteHandler]:
    """The description of the API; nothing in it is particular to the installation."""

    @lru_cache(maxsize=1)
    def description(app: Any) -> bytes:
        return msgspec.json.encode(describe(app))

    @get("/openapi.json", **operation("describe", "api", "This description", UNASKED))
    def describe_api(request: Request[Any, Any, Any]) -> Response[bytes]:
        return Response(description(request.app), media_type=MediaType.JSON)

    return [describe_api]
