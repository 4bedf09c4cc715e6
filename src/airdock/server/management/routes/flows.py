"""Flows that answer, and the addresses that they answer at."""

from collections.abc import Iterator, Sequence
from typing import Any

from litestar import get
from litestar.handlers import HTTPRouteHandler

from airdock.api.flows import CircuitBreakerInfo, FlowInfo, RouteInfo
from airdock.api.shapes import Page
from airdock.identity.permissions import Permission
from airdock.server.management.access import shows
from airdock.server.management.operations import Access, operation
from airdock.server.management.paging import Cursor, Limit, page_of
from airdock.server.management.parameters import Call
from airdock.server.management.parts import Parts

READ = Access(Permission.REGISTRY_READ)


def flow_routes(parts: Parts) -> Sequence[HTTPRouteHandler]:
    """What the agent of this node has enabled of the registry."""

    @get("/flows", **operation("listFlows", "flows", "The flows that answer", READ))
    def list_flows(request: Call, limit: Limit = 50, cursor: Cursor = None) -> Page[FlowInfo]:
        addresses = {artefact.path: list(artefact.addresses) for artefact in parts.agent.artefacts}
        page = page_of(shown(request), lambda item: item[0], limit, cursor)
        breakers = _breakers(parts)
        return Page([_flow_info(name, pipeline, addresses, breakers) for name, pipeline in page.items], page.next)

    @get("/routes", **operation("listRoutes", "flows", "The addresses that published flows answer at", READ))
    def list_routes(request: Call, limit: Limit = 50, cursor: Cursor = None) -> Page[RouteInfo]:
        pipelines = dict(shown(request))
        found = (
            _route_info(address, artefact, pipelines[artefact.path])
            for artefact in parts.agent.artefacts
            if artefact.path in pipelines
            for address in artefact.addresses
        )
        return page_of(found, lambda route: route.address, limit, cursor)

    def shown(request: Call) -> Iterator[tuple[str, Any]]:
        for name, pipeline in parts.agent.flows.items():
            if shows(parts.authenticator, request.user, Permission.REGISTRY_READ, pipeline.project):
                yield name, pipeline

    return [list_flows, list_routes]


def _breakers(parts: Parts) -> dict[str, list[CircuitBreakerInfo]]:
    """The circuit breakers by flow, of all processes."""
    found: dict[str, list[CircuitBreakerInfo]] = {}
    for (flow, step, state), count in parts.store.states().items():
        found.setdefault(flow, []).append(CircuitBreakerInfo(step=step, state=state, processes=count))
    return found


def _flow_info(
    name: str, pipeline: Any, addresses: dict[str, list[str]], breakers: dict[str, list[CircuitBreakerInfo]]
) -> FlowInfo:
    flow = pipeline.flow
    return FlowInfo(
        flow=name,
        project=pipeline.project,
        name=flow.name,
        description=flow.description,
        addresses=addresses.get(name, []),
        methods=flow.methods or None,
        path=flow.path,
        roles=flow.roles or [],
        log=flow.log,
        input=flow.input,
        output=flow.output,
        circuit_breakers=breakers.get(name, []),
    )


def _route_info(address: str, artefact: Any, pipeline: Any) -> RouteInfo:
    return RouteInfo(
        address=address,
        flow=artefact.path,
        project=pipeline.project,
        methods=pipeline.flow.methods or None,
        roles=pipeline.flow.roles or [],
        release=artefact.release,
    )
