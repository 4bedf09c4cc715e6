"""Listeners: how they stand, and pausing them."""

from collections.abc import Sequence
from typing import Annotated

from litestar import delete, get, put
from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter

from airdock.api.listeners import ListenerInfo, ListenerNode
from airdock.api.shapes import Page
from airdock.deadletters.letter import place_of
from airdock.identity import Action, Permission, Principal
from airdock.server.listening import KIND
from airdock.server.management.access import shows
from airdock.server.management.convert import time_of
from airdock.server.management.letters import full_name
from airdock.server.management.operations import Access, operation
from airdock.server.management.paging import Cursor, Limit, page_of
from airdock.server.management.parameters import Call
from airdock.server.management.parts import Parts
from airdock.spec.descriptors import Listener
from airdock.triggers.listener import ListenerState
from airdock.triggers.pauses import Pause, Pauses
from airdock.triggers.reports import Reports

PAUSE = Access(Permission.ACTIVITIES_PAUSE)
_WORST = ("listening", "starting", "paused", "reconnecting", "stopped")

ListenerPath = Annotated[str, PathParameter(description="Its name, with or without `.listener`: `project/orders`.")]


def listener_routes(parts: Parts) -> Sequence[HTTPRouteHandler]:
    """The listeners that the caller may see."""
    pauses = Pauses(parts.database)
    reports = Reports(parts.database, KIND, ListenerState)

    @get(
        "/listeners",
        **operation(
            "listListeners",
            "listeners",
            "The listeners and how they stand",
            Access(Permission.RUNS_READ),
        ),
    )
    def list_listeners(request: Call, limit: Limit = 50, cursor: Cursor = None) -> Page[ListenerInfo]:
        told: dict[str, list[ListenerNode]] = {}
        for report in reports.read():
            for state in report.states:
                told.setdefault(state.name, []).append(_node(report.node, state))
        paused, dead = pauses.all(), parts.letters.counts()
        found = [
            _info(each.name, each.model.trigger, told.get(each.name, []), paused.get(each.name), dead.get(each.name, 0))
            for each in parts.agent.activities(Listener)
            if may(request.user, each.name, Permission.RUNS_READ)
        ]
        return page_of(found, lambda info: info.name, limit, cursor)

    @put(
        "/listeners/paused/{path:path}",
        **operation(
            "pauseListener",
            "listeners",
            "Pause a listener on all nodes",
            PAUSE,
            description="It receives no more; runs that go on end.",
            status=204,
        ),
    )
    def pause_listener(request: Call, path: ListenerPath) -> None:
        name = enabled(request.user, path)
        if pauses.pause(name, request.user.name):
            parts.note(request, Action.ACTIVITY_PAUSE, name)

    @delete(
        "/listeners/paused/{path:path}",
        **operation("resumeListener", "listeners", "Have a listener go on", PAUSE, status=204),
    )
    def resume_listener(request: Call, path: ListenerPath) -> None:
        name = enabled(request.user, path)
        if pauses.resume(name):
            parts.note(request, Action.ACTIVITY_RESUME, name)

    def enabled(user: Principal, path: str) -> str:
        name = full_name(path)
        names = {each.name for each in parts.agent.activities(Listener)}
        if name not in names or not may(user, name, Permission.RUNS_READ):
            raise NotFoundException(f"There is no listener {name!r}.")
        if not may(user, name, Permission.ACTIVITIES_PAUSE):
            raise PermissionDeniedException(f"This needs the permission {Permission.ACTIVITIES_PAUSE.value!r}.")
        return name

    def may(user: Principal, name: str, permission: Permission) -> bool:
        owner, project = place_of(name)
        if owner and owner != user.name and not user.is_administrator:
            return False
        return shows(parts.authenticator, user, permission, project)

    return [list_listeners, pause_listener, resume_listener]


def _info(name: str, trigger: str, nodes: list[ListenerNode], pause: Pause | None, dead: int) -> ListenerInfo:
    return ListenerInfo(
        name=name,
        trigger=trigger,
        state=max((node.state for node in nodes), key=_WORST.index, default="starting"),
        paused_by=pause.by if pause is not None else None,
        paused_at=time_of(pause.at) if pause is not None else None,
        dead_letters=dead,
        nodes=nodes,
    )


def _node(node: str, state: ListenerState) -> ListenerNode:
    return ListenerNode(
        node=node,
        state=state.state,
        since=time_of(state.since),
        error=state.error,
        next_try=time_of(state.next_try) if state.next_try else None,
        received=state.received,
        succeeded=state.succeeded,
        failed=state.failed,
        redelivered=state.redelivered,
        duplicates=state.duplicates,
        dead=state.dead,
        in_flight=state.in_flight,
        held=state.held,
    )
