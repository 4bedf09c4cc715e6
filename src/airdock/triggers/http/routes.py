"""From an address to the flow that answers there."""

import re
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from airdock.errors import FlowError, Problem
from airdock.exchange import Exchange
from airdock.request import Request
from airdock.triggers.http.methods import accepted, allow

FLOWS = "/services/flow"
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\]|//|(?:^|/)\.\.?(?:/|$)")


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
        roles: Roles of which a caller needs one; empty for everybody.
        direct: Methods that go to the flow without further question.
        methods: Methods that the flow lists, or None.
        allow: The `Allow` header.
    """

    __slots__ = ("address", "allow", "direct", "methods", "pipeline", "problems", "roles")

    def __init__(
        self,
        address: str,
        pipeline: Pipeline | None,
        *,
        methods: Collection[str] | None = None,
        roles: Collection[str] = (),
        problems: Iterable[Problem] = (),
    ) -> None:
        self.address = address
        self.pipeline = pipeline
        self.problems = tuple(problems)
        self.roles = frozenset(roles)
        self.methods = frozenset(methods) if methods is not None else None
        self.allow = allow(self.methods)
        ready = pipeline is not None and not self.roles
        self.direct: frozenset[str] = accepted(self.methods) if ready else frozenset()


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


def check_path(path: str) -> None:
    """Refuses what no address holds.

    Raises:
        FlowError: `request.path`.
    """
    if _UNSAFE.search(path):
        raise FlowError("request.path", "The address has control characters, '\\', '//', or a part '.' or '..'.")
