"""From the agent's units to the routes of the HTTP trigger."""

from collections.abc import Iterable
from functools import cached_property

from airdock.agent.unit import Unit
from airdock.errors import Place, Problem
from airdock.spec.descriptors import AccessRule
from airdock.triggers.http.locations import OPEN, Access, LocationRules, misplaced
from airdock.triggers.http.routes import Route, Routes


def routes_of(units: Iterable[Unit], conflicts: dict[str, Problem]) -> Routes:
    """The routes of every flow; a flow that never worked answers with its problems.

    Args:
        units: All descriptors, in the order in which they win where two claim one address.
        conflicts: Filled with the problem of each flow whose own `path` another one has; by registry path.
    """
    units = list(units)
    access = _access_of(units)
    made = Routes(route for unit in units for route in _routes(unit, access))
    if made.conflicts:
        owners = {id(route): unit for unit in units for route in _routes(unit, access)}
        for conflict in made.conflicts:
            loser, winner = owners[id(conflict.refused)], owners[id(conflict.kept)]
            conflicts[loser.path] = _conflict(loser, winner, conflict.refused.address)
    return made


class AccessRules:
    """The access rules in force for all addresses; units keep the routes that were made by them.

    Attributes:
        rules: The rules in force. closed: The problems of access rules that were never good, by project.
    """

    def __init__(self, rules: Iterable[AccessRule], closed: dict[str, tuple[Problem, ...]]) -> None:
        self.rules = tuple(rules)
        self.closed = closed

    @cached_property
    def locations(self) -> LocationRules:
        """The rules by location, made when something asks for them: most states have those of the one before."""
        return LocationRules(self.rules)

    def are_those_of(self, other: "AccessRules") -> bool:
        """Whether both are the same rules."""
        return self.rules == other.rules and self.closed == other.closed


def _access_of(units: Iterable[Unit]) -> AccessRules:
    """The access rules of the units; the very same as before while they are equal, as routes are kept by them."""
    rules = (rule for unit in units for rule in unit.rules if not misplaced([rule], unit.project))
    now = AccessRules(rules, _closed(units))
    before = next((unit.routes[0] for unit in units if unit.routes is not None), None)
    return before if isinstance(before, AccessRules) and now.are_those_of(before) else now


def _routes(unit: Unit, access: AccessRules) -> tuple[Route, ...]:
    """The routes of a unit, made once as long as the rules stay."""
    kept = unit.routes
    if kept is None or kept[0] is not access:
        made = tuple(_route(unit, address, access) for address in unit.artefact.addresses)
        kept = unit.routes = (access, made)
    return kept[1]


def _closed(units: Iterable[Unit]) -> dict[str, tuple[Problem, ...]]:
    """The problems of access rules that were never good, by project: what they were to protect stays closed."""
    found: dict[str, tuple[Problem, ...]] = {}
    for unit in units:
        if unit.kind == "access" and unit.artefact.state == "failed" and not unit.rules:
            project = unit.project
            found[project] = found.get(project, ()) + unit.artefact.problems
    return found


def _route(unit: Unit, address: str, access: AccessRules) -> Route:
    pipeline, closed = unit.pipeline, access.closed
    problems = unit.artefact.problems
    shut = closed.get("", ()) + closed.get(unit.project, ()) if closed else ()
    # A secret that was taken away must stop what it protects, though an earlier version of the flow would go on.
    if pipeline is None or shut or any(problem.code == "descriptor.secret" for problem in problems):
        return Route(address, None, problems=(*problems, *shut))
    return Route(
        address,
        pipeline,
        methods=pipeline.methods,
        roles=pipeline.flow.roles or (),
        access=Access(access.locations, unit.artefact.addresses, address) if access.rules else OPEN,
        protection=unit.protection,
        streaming=pipeline.flow.streaming,
    )


def _conflict(loser: Unit, winner: Unit, address: str) -> Problem:
    place = loser.pipeline.flow.place_of("path") if loser.pipeline is not None else Place(loser.path, 1, 1)
    return Problem(
        "descriptor.conflict",
        f"the address {address} belongs to {winner.path} already",
        place,
        "give one of the two another `path`",
    )
