"""Connections: how they stand, and a try of one."""

import asyncio
import time
from collections.abc import Sequence
from typing import Annotated

from litestar import get, post
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter

from airdock.agent.connections import ConnectionStatus, statuses
from airdock.agent.paths import project_of
from airdock.api.connections import ConnectionInfo, ConnectionTest
from airdock.api.shapes import Page
from airdock.deadline import DeadlineError, within
from airdock.errors import FlowError, as_flow_error
from airdock.identity import Permission
from airdock.server.management.access import shows
from airdock.server.management.convert import time_of
from airdock.server.management.operations import Access, operation
from airdock.server.management.paging import Cursor, Limit, page_of
from airdock.server.management.parameters import Call
from airdock.server.management.parts import Parts

READ = Access(Permission.AGENT_READ)
_PATIENCE = 30.0
"""Seconds that a try may take."""

ConnectionPath = Annotated[str, PathParameter(description="Its name, with or without `.connection`: `project/crm`.")]


def connection_routes(parts: Parts) -> Sequence[HTTPRouteHandler]:
    """The connections that the caller may see."""

    @get("/connections", **operation("listConnections", "connections", "The connections and how they stand", READ))
    def list_connections(request: Call, limit: Limit = 50, cursor: Cursor = None) -> Page[ConnectionInfo]:
        found = statuses(parts.database, parts.agent.runtime.links.states())
        shown = [_info(each) for each in found if seen(request, each.name)]
        return page_of(shown, lambda info: info.name, limit, cursor)

    @post(
        "/connections/{path:path}",
        **operation(
            "testConnection",
            "connections",
            "Try a connection",
            READ,
            description="Opens it in the process of the management port and asks the service for a sign of life.",
            in_loop=True,
        ),
    )
    async def test_connection(request: Call, path: ConnectionPath) -> ConnectionTest:
        name = f"{path.strip('/').removesuffix('.connection')}.connection"
        links = parts.agent.runtime.links
        if not seen(request, name) or all(state.name != name for state in links.states()):
            raise NotFoundException(f"There is no connection {name!r}, or its file has a problem: airdock check.")
        begun = time.perf_counter()
        error: FlowError | None = None
        try:
            await within(_PATIENCE, links.at(name).check())
        except DeadlineError:
            error = FlowError("connector.timeout", f"{name} did not answer within {_PATIENCE:g} s")
        except asyncio.CancelledError:
            raise
        except Exception as failure:  # noqa: BLE001 -- whatever a client raises is what the try came to
            error = as_flow_error(failure)
        taken = time.perf_counter() - begun
        if error is None:
            return ConnectionTest(name=name, works=True, seconds=taken)
        return ConnectionTest(name=name, works=False, seconds=taken, code=error.code, error=str(error))

    def seen(request: Call, name: str) -> bool:
        own = f"~{request.user.name}/"
        if name.startswith("~"):
            return name.startswith(own)
        return shows(parts.authenticator, request.user, Permission.REGISTRY_READ, project_of(name))

    return [list_connections, test_connection]


def _info(status: ConnectionStatus) -> ConnectionInfo:
    return ConnectionInfo(
        name=status.name,
        type=status.type,
        state=status.state,  # type: ignore[arg-type]
        since=time_of(status.since) if status.state != "closed" else None,
        error=status.error,
        users=status.users,
        processes=status.processes,
    )
