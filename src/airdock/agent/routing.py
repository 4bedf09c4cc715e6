"""From the agent's units to the routes of the HTTP trigger."""

from collections.abc import Iterable

from airdock.agent.unit import FLOW_ADDRESS, Unit
from airdock.errors import Place, Problem
from airdock.spec.descriptors import AccessRule
from airdock.triggers.http.routes import Route, Routes


def routes_of(units: Iterable[Unit], conflicts: dict[str, Problem]) -> Routes:
    """The routes of every flow; a flow that never worked answers with its problems.

    Args:
        units: All descriptors, in the order in which they win where two claim one address.
        conflicts: Filled with the problem of each flow whose own `path` another one has; by registry path.
    """
    units = list(units)
    rules = [rule for unit in units for rule in unit.rules]
    owners = {}
    routes = []
    for unit in units:
        for address in unit.artefact.addresses:
            route = _route(unit, address, rules)
            owners[id(route)] = unit
            routes.append(route)
    made = Routes(routes)
    for conflict in made.conflicts:
        loser, winner = owners[id(conflict.refused)], owners[id(conflict.kept)]
        conflicts[loser.path] = _conflict(loser, winner, conflict.refused.address)
    return made


def _route(unit: Unit, address: str, rules: list[AccessRule]) -> Route:
    pipeline = unit.pipeline
    if pipeline is None:
        return Route(address, None, problems=unit.artefact.problems)
    roles = {*(pipeline.flow.roles or ()), *_roles_at(address.removeprefix(FLOW_ADDRESS), rules)}
    return Route(address, pipeline, methods=pipeline.methods, roles=roles)


def _roles_at(address: str, rules: list[AccessRule]) -> set[str]:
    """The roles that the most specific rule for an address asks for; several rules of one location add up."""
    matching = [rule for rule in rules if _below(address, rule.location.rstrip("/"))]
    if not matching:
        return set()
    longest = max(len(rule.location.rstrip("/")) for rule in matching)
    return {role.role for rule in matching if len(rule.location.rstrip("/")) == longest for role in rule.roles}


def _below(address: str, location: str) -> bool:
    return address == location or address.startswith(f"{location}/")


def _conflict(loser: Unit, winner: Unit, address: str) -> Problem:
    place = loser.pipeline.flow.place_of("path") if loser.pipeline is not None else Place(loser.path, 1, 1)
    return Problem(
        "descriptor.conflict",
        f"the address {address} belongs to {winner.path} already",
        place,
        "give one of the two another `path`",
    )
