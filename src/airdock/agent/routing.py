"""From the agent's units to the routes of the HTTP trigger."""

from collections.abc import Iterable

from airdock.agent.unit import Unit
from airdock.errors import Place, Problem
from airdock.triggers.http.locations import Access, LocationRules, misplaced
from airdock.triggers.http.routes import Route, Routes


def routes_of(units: Iterable[Unit], conflicts: dict[str, Problem]) -> Routes:
    """The routes of every flow; a flow that never worked answers with its problems.

    Args:
        units: All descriptors, in the order in which they win where two claim one address.
        conflicts: Filled with the problem of each flow whose own `path` another one has; by registry path.
    """
    units = list(units)
    rules = _rules(units)
    closed = _closed(units)
    owners = {}
    routes = []
    for unit in units:
        for address in unit.artefact.addresses:
            route = _route(unit, address, rules, closed)
            owners[id(route)] = unit
            routes.append(route)
    made = Routes(routes)
    for conflict in made.conflicts:
        loser, winner = owners[id(conflict.refused)], owners[id(conflict.kept)]
        conflicts[loser.path] = _conflict(loser, winner, conflict.refused.address)
    return made


def _rules(units: Iterable[Unit]) -> LocationRules:
    found = (rule for unit in units for rule in unit.rules if not misplaced([rule], unit.project))
    return LocationRules(found)


def _closed(units: Iterable[Unit]) -> dict[str, tuple[Problem, ...]]:
    """The problems of access rules that were never good, by project: what they were to protect stays closed."""
    found: dict[str, tuple[Problem, ...]] = {}
    for unit in units:
        if unit.kind == "access" and unit.artefact.state == "failed" and not unit.rules:
            project = unit.project
            found[project] = found.get(project, ()) + unit.artefact.problems
    return found


def _route(unit: Unit, address: str, rules: LocationRules, closed: dict[str, tuple[Problem, ...]]) -> Route:
    pipeline = unit.pipeline
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
        access=Access(rules, unit.artefact.addresses, address),
        protection=unit.protection,
    )


def _conflict(loser: Unit, winner: Unit, address: str) -> Problem:
    place = loser.pipeline.flow.place_of("path") if loser.pipeline is not None else Place(loser.path, 1, 1)
    return Problem(
        "descriptor.conflict",
        f"the address {address} belongs to {winner.path} already",
        place,
        "give one of the two another `path`",
    )
