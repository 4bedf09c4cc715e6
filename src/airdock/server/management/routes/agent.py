"""What the agents have compiled, and how it stands."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated

from litestar import get
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from airdock.agent.artefact import Artefact
from airdock.agent.paths import project_of
from airdock.agent.status import NodeInfo as Told
from airdock.agent.status import nodes as nodes_of
from airdock.api.agent import AgentInfo, NodeInfo, ProcessInfo
from airdock.identity import Permission
from airdock.server.management.access import shows
from airdock.server.management.convert import artefact_info, time_of
from airdock.server.management.operations import Access, operation
from airdock.server.management.paging import Cursor, Limit, page_of
from airdock.server.management.parameters import Call
from airdock.server.management.parts import Parts

OfNode = Annotated[
    str | None,
    QueryParameter(
        max_length=300, description="The node whose descriptors are listed; by default the one that answers."
    ),
]


def agent_routes(parts: Parts) -> Sequence[HTTPRouteHandler]:
    """All nodes, and the descriptors of one."""

    @get(
        "/agent",
        **operation(
            "showAgent",
            "agent",
            "The nodes, and the descriptors of one and how they stand",
            Access(Permission.AGENT_READ),
        ),
    )
    def show_agent(request: Call, node: OfNode = None, limit: Limit = 50, cursor: Cursor = None) -> AgentInfo:
        own = parts.settings.node_name
        told = {each.name: each for each in nodes_of(parts.database)}
        # What this process has is newer than what was told of it.
        told[own] = Told(own, told[own].processes if own in told else [], parts.agent.artefacts)
        if node is not None and node not in told:
            raise NotFoundException(f"There is no node {node!r}, or it was not heard of lately.")
        shown = seen(request, told[node or own].artefacts)
        page = page_of(shown, lambda artefact: artefact.path, limit, cursor)
        return AgentInfo(
            node=node or own,
            folder=str(parts.settings.folder) if parts.serves_folder else None,
            dev=parts.settings.dev,
            states=_states(shown),
            nodes=[_node_info(each, seen(request, each.artefacts)) for _, each in sorted(told.items())],
            items=[artefact_info(artefact) for artefact in page.items],
            next=page.next,
        )

    def seen(request: Call, artefacts: Sequence[Artefact]) -> list[Artefact]:
        return [
            artefact
            for artefact in artefacts
            if shows(parts.authenticator, request.user, Permission.REGISTRY_READ, project_of(artefact.path))
        ]

    return [show_agent]


def _node_info(node: Told, artefacts: Sequence[Artefact]) -> NodeInfo:
    return NodeInfo(
        name=node.name,
        folder=next((process.serves for process in node.processes if process.serves), None),
        processes=[
            ProcessInfo(
                pid=process.pid,
                kind=process.kind,
                started=time_of(process.started),
                seen=time_of(process.seen),
                cursor=process.cursor,
            )
            for process in node.processes
        ],
        at=time_of(node.at) if node.at else None,
        states=_states(artefacts),
        projects={project: each.release for each in artefacts if (project := project_of(each.path))},
    )


def _states(artefacts: Sequence[Artefact]) -> dict[str, int]:
    return dict(Counter(artefact.state for artefact in artefacts))
