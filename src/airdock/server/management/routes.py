"""The routes of the management API. All of them read; none changes anything."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Request, Response, Router, get
from litestar.handlers import HTTPRouteHandler

from airdock.agent.agent import Agent
from airdock.server.management.models import AgentInfo, FlowInfo, Page, artefact_info
from airdock.server.management.problems import MEDIA_TYPE, ProblemDocument


def agent_routes(agent: Agent, folder: str, dev: bool) -> Sequence[HTTPRouteHandler]:
    """What the agent has: descriptors and flows."""

    @get("/agent", summary="The agent's descriptors and how they stand", tags=["agent"], sync_to_thread=False)
    def show_agent() -> AgentInfo:
        artefacts = agent.artefacts
        states: Counter[str] = Counter(artefact.state for artefact in artefacts)
        return AgentInfo(folder, dev, dict(states), [artefact_info(artefact) for artefact in artefacts])

    @get("/flows", summary="The flows that answer", tags=["flows"], sync_to_thread=False)
    def list_flows() -> Page[FlowInfo]:
        addresses = {artefact.path: list(artefact.addresses) for artefact in agent.artefacts}
        return Page([_flow_info(name, pipeline, addresses) for name, pipeline in agent.flows.items()])

    return [show_agent, list_flows]


def api_router(handlers: Sequence[HTTPRouteHandler]) -> Router:
    """The API of this version, its own description included."""

    @get("/openapi.json", summary="This description", tags=["api"], sync_to_thread=False)
    def describe(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
        return Response(_description(request.app.openapi_schema.to_schema()))

    return Router("/api/v1", route_handlers=[*handlers, describe])


def _description(document: dict[str, Any]) -> dict[str, Any]:
    """The framework's description of the API, with errors as they are here and not as the framework has them."""
    described: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(document))
    reference, components = msgspec.json.schema_components(
        [ProblemDocument], ref_template="#/components/schemas/{name}"
    )
    described.setdefault("components", {}).setdefault("schemas", {}).update(components)
    problem = {"description": "A problem (RFC 9457).", "content": {MEDIA_TYPE: {"schema": reference[0]}}}
    for operations in described["paths"].values():
        for operation in operations.values():
            good = {status: each for status, each in operation["responses"].items() if status < "4"}
            operation["responses"] = {**good, "default": problem}
    return described


def _flow_info(name: str, pipeline: Any, addresses: dict[str, list[str]]) -> FlowInfo:
    flow = pipeline.flow
    return FlowInfo(
        name,
        pipeline.project,
        flow.name,
        flow.description,
        addresses.get(name, []),
        flow.methods or None,
        flow.path,
        flow.roles or [],
        flow.log,
        flow.input,
        flow.output,
    )
