"""From an address to the flow that answers there."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from airdock.errors import Problem
from airdock.exchange import Exchange
from airdock.request import Request
from airdock.spec.streaming import Events, WebSocket
from airdock.triggers.http.locations import OPEN, Access, Demands
from airdock.triggers.http.methods import accepted, allow
from airdock.triggers.http.paths import check_path
from airdock.triggers.http.protection import UNPROTECTED, Protection


class Pipeline(Protocol):
    """A compiled flow, as a trigger needs it. `name` is that of its runs, `project/file.flow`."""

    @property
    def name(self) -> str: ...

    def exchange(self, request: Request) -> Exchange:
        """The exchange of a run that begins."""
        ...

    def run(self, exchange: Exchange, reply: Callable[[Exchange], Any]) -> Awaitable[None] | None:
        """Runs; `exchange.answer` is then `reply(exchange)`. None: it is done, else it is when the awaitable is.

        Raises:
            FlowError: nobody handled it.
        """
        ...


class Route:
    """An address and what answers there.

    Attributes:
        address: `/services/flow/p/x.flow`, or with parameters `/services/flow/p/orders/{id}`.
        pipeline: The flow; None for one that is not enabled, for which `problems` say why.
        roles: Roles of which the flow wants a caller to have one; empty for everybody.
        access: What the rules of `.access` files want.
        protection: What else the flow declares to be protected by.
        streaming: How the flow goes on answering, if it does.
        is_open: Nothing is ever asked of a caller.
        direct: Methods that go to the flow without further question.
        methods: Methods that the flow lists, or None.
        allow: The `Allow` header.
    """

    __slots__ = (
        "access",
        "address",
        "allow",
        "direct",
        "is_open",
        "methods",
        "pipeline",
        "problems",
        "protection",
        "roles",
        "streaming",
    )

    def __init__(
        self,
        address: str,
        pipeline: Pipeline | None,
        *,
        methods: Collection[str] | None = None,
        roles: Collection[str] = (),
        access: Access = OPEN,
        protection: Protection = UNPROTECTED,
        problems: Iterable[Problem] = (),
        streaming: Events | WebSocket | None = None,
    ) -> None:
        self.address = address
        self.pipeline = pipeline
        self.problems = tuple(problems)
        self.roles = frozenset(roles)
        self.access = access
        self.protection = protection
        self.streaming = streaming
        self.methods = frozenset(methods) if methods is not None else None
        self.allow = allow(self.methods)
        self.is_open = not self.roles and protection is UNPROTECTED and access.is_open
        ready = accepted(self.methods) if pipeline is not None and streaming is None else ()
        self.direct = frozenset(method for method in ready if not self._asks(method))

    def demands(self, path: str, method: str) -> Demands:
        """The sets of roles of each of which a caller needs one.

        Args:
            path: That of the request, `/services/flow/…`, as it was looked up.

        Raises:
            FlowError: `request.path`, the rules cannot tell what the path is.
        """
        found = self.access.demands(path, method)
        return (self.roles, *found) if self.roles else found

    def _asks(self, method: str) -> bool:
        """Whether anything is asked of a caller who uses the address, in which no parameter stands."""
        if self.roles or self.protection is not UNPROTECTED or "{" in self.address:
            return True
        return bool(self.access.demands(self.address, method))


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two routes claim one address: `kept` answers, `refused` does not."""

    kept: Route
    refused: Route


@dataclass(slots=True)
class _Node:
    literals: "dict[str, _Node]" = field(default_factory=dict)
    parameter: "_Node | None" = None
    route: Route | None = None
    names: tuple[str, ...] = ()


class Routes:
    """All addresses; never changed once it is made, so that a new set replaces it at once.

    Of two routes for one address the first is kept, as it is of two templates that differ in names only.

    Attributes:
        literals: Routes by their whole address; without parameters.
        conflicts: Routes that were refused.
    """

    __slots__ = ("_root", "conflicts", "literals")

    def __init__(self, routes: Iterable[Route] = ()) -> None:
        self.literals: dict[str, Route] = {}
        self._root = _Node()
        conflicts: list[Conflict] = []
        for route in routes:
            kept = self._add_template(route) if "{" in route.address else self.literals.setdefault(route.address, route)
            if kept is not route:
                conflicts.append(Conflict(kept, route))
        self.conflicts = tuple(conflicts)

    def _add_template(self, route: Route) -> Route:
        node, names = self._root, []
        for segment in route.address.split("/"):
            if segment.startswith("{") and segment.endswith("}"):
                names.append(segment[1:-1])
                node.parameter = node = node.parameter or _Node()
            else:
                node = node.literals.setdefault(segment, _Node())
        if node.route is None:
            node.route, node.names = route, tuple(names)
        return node.route

    def find(self, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route of a decoded path and the values of its parameters; a literal part is stronger than a parameter.

        A path with a slash at its end is another address. A value is never empty and never holds a slash.

        Raises:
            FlowError: `request.path`, the path has control characters, a backslash, `//`, or `.` or `..` as a part.
        """
        route = self.literals.get(path)
        if route is not None:
            return route, {}
        check_path(path)
        return self._match(path.split("/"))

    def _match(self, segments: list[str]) -> tuple[Route, dict[str, str]] | None:
        waiting: list[tuple[_Node, int, tuple[str, ...]]] = [(self._root, 0, ())]
        while waiting:
            node, depth, values = waiting.pop()
            if depth == len(segments):
                if node.route is not None:
                    return node.route, dict(zip(node.names, values, strict=True))
                continue
            segment = segments[depth]
            if node.parameter is not None and segment:
                waiting.append((node.parameter, depth + 1, (*values, segment)))
            if segment in node.literals:
                waiting.append((node.literals[segment], depth + 1, values))
        return None


class RoutesSource(Protocol):
    """Whoever decides which routes are in force."""

    @property
    def routes(self) -> Routes:
        """The routes in force now; asked for with every request, so that another set takes effect at once."""
        ...

    @property
    def sandboxes(self) -> Mapping[str, Routes]:
        """The routes of each user's sandbox, by the user's name. Their addresses begin with `/services/flow/` as well:
        the handler looks there for what is asked of `/services/flow-sandbox/<user>/`."""
        ...


class CurrentRoutes:
    """A source that is told: whoever owns it sets `routes` and `sandboxes` to switch to others."""

    __slots__ = ("routes", "sandboxes")

    def __init__(self, routes: Routes | None = None, sandboxes: Mapping[str, Routes] | None = None) -> None:
        self.routes = routes or Routes()
        self.sandboxes: Mapping[str, Routes] = sandboxes or {}
