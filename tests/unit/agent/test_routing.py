"""Which address leads where, and who may use it."""

import pytest

from airdock.agent.agent import Agent
from airdock.agent.routing import routes_of
from airdock.agent.scripts import ScriptLoader
from airdock.agent.source import FolderSource
from airdock.builtin import catalogue
from airdock.triggers.http.routes import Routes
from tests.unit.flows import Flows, output


def load(flows: Flows) -> Agent:
    agent = Agent(FolderSource(flows.folder), catalogue(), scripts=ScriptLoader())
    agent.load()
    return agent


def roles(routes: Routes, path: str) -> set[str]:
    found = routes.find(f"/services/flow/{path}")
    assert found is not None
    return set(found[0].roles)


def test_a_flow_answers_at_its_files_address_and_its_own(flows: Flows) -> None:
    flows.write("p/a.flow", {"path": "/things/{id}", "methods": ["GET"], "steps": [output()]})
    flows.write("root.flow", {"path": "/x", "steps": [output()]})
    routes = load(flows).routes
    for path in ("p/a.flow", "p/things/7", "root.flow", "x"):
        assert routes.find(f"/services/flow/{path}") is not None
    route, params = routes.find("/services/flow/p/things/7") or pytest.fail("no route")
    assert (params, route.methods) == ({"id": "7"}, frozenset(("GET",)))


def test_two_flows_may_not_have_one_path(flows: Flows) -> None:
    for name in ("a", "b"):
        flows.write(f"p/{name}.flow", {"path": "/same", "steps": [output(name)]})
    artefacts = {artefact.path: artefact for artefact in load(flows).artefacts}
    assert artefacts["p/a.flow"].state == "enabled"
    assert artefacts["p/b.flow"].state == "failed"
    assert artefacts["p/b.flow"].problems[0].code == "descriptor.conflict"
    assert artefacts["p/b.flow"].addresses == ("/services/flow/p/b.flow",)


def test_the_most_specific_access_rule_counts(flows: Flows) -> None:
    flows.write("p/a.access", [
        {"location": "/p", "roles": [{"role": "User"}]},
        {"location": "/p/open/", "roles": [{"role": "Guest"}, {"role": "User"}]},
    ])  # fmt: skip
    for path in ("p/a.flow", "p/open/b.flow", "p/opening/c.flow", "q/d.flow"):
        flows.write(path, {"steps": [output()]})
    flows.write("q/e.flow", {"roles": ["Boss"], "steps": [output()]})
    routes = load(flows).routes
    assert roles(routes, "p/a.flow") == {"User"}
    assert roles(routes, "p/open/b.flow") == {"Guest", "User"}
    assert roles(routes, "p/opening/c.flow") == {"User"}
    assert roles(routes, "q/d.flow") == set()
    assert roles(routes, "q/e.flow") == {"Boss"}


async def test_what_needs_a_role_is_closed_while_nobody_can_sign_in(flows: Flows) -> None:
    flows.write("p/a.flow", {"roles": ["Boss"], "steps": [output()]})
    result = await flows.client().get("p/a.flow")
    assert (result.status, result.json()["code"]) == (401, "request.unauthorized")


def test_without_units_there_are_no_routes() -> None:
    assert not routes_of([], {}).literals
