"""Which address leads where, and who may use it."""

from typing import Any

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


def demands(routes: Routes, path: str, method: str = "GET") -> list[set[str]]:
    found = routes.find(f"/services/flow/{path}")
    assert found is not None
    return [set(roles) for roles in found[0].demands(f"/services/flow/{path}", method)]


def rule(location: str, *roles: str, **more: Any) -> dict[str, Any]:
    return {"location": location, "roles": [{"role": role} for role in roles], **more}


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
    flows.write("p/a.access", [rule("/p", "User"), rule("/p/open/", "Guest", "User")])
    for path in ("p/a.flow", "p/open/b.flow", "p/opening/c.flow", "q/d.flow"):
        flows.write(path, {"steps": [output()]})
    flows.write("q/e.flow", {"roles": ["Boss"], "steps": [output()]})
    routes = load(flows).routes
    assert demands(routes, "p/a.flow") == [{"User"}]
    assert demands(routes, "p/open/b.flow") == [{"Guest", "User"}]
    assert demands(routes, "p/opening/c.flow") == [{"User"}]
    assert demands(routes, "q/d.flow") == []
    assert demands(routes, "q/e.flow") == [{"Boss"}]


def test_rules_of_all_files_count_and_the_flows_roles_beside_them(flows: Flows) -> None:
    flows.write("all.access", [rule("/p", "User"), rule("/p/a.flow", "Clerk")])
    flows.write("p/more.access", [rule("/p/a.flow", "Guest")])
    flows.write("p/a.flow", {"roles": ["Boss"], "steps": [output()]})
    assert demands(load(flows).routes, "p/a.flow") == [{"Boss"}, {"Clerk", "Guest"}]


def test_a_rule_for_another_project_does_not_count(flows: Flows) -> None:
    flows.write("q/a.access", [rule("/p", "User"), rule("/", "User"), rule("/qq", "User")])
    for path in ("p/a.flow", "qq/a.flow", "a.flow"):
        flows.write(path, {"steps": [output()]})
    assert [demands(load(flows).routes, path) for path in ("p/a.flow", "qq/a.flow", "a.flow")] == [[], [], []]


def test_a_path_of_its_own_does_not_lead_around_a_rule(flows: Flows) -> None:
    flows.write("p/a.access", [rule("/p/secured", "User"), rule("/p/orders", "Clerk", methods=["POST"])])
    flows.write("p/secured/a.flow", {"path": "/open/{id}", "steps": [output()]})
    flows.write("p/b.flow", {"path": "/orders/{id}", "steps": [output()]})
    routes = load(flows).routes
    assert demands(routes, "p/open/1") == demands(routes, "p/secured/a.flow") == [{"User"}]
    assert demands(routes, "p/orders/1", "POST") == demands(routes, "p/b.flow", "POST") == [{"Clerk"}]
    assert demands(routes, "p/orders/1") == demands(routes, "p/b.flow") == []


async def test_rules_that_cannot_be_read_keep_their_project_closed(flows: Flows) -> None:
    flows.write("p/a.access", "[{")
    for path in ("p/a.flow", "q/b.flow"):
        flows.write(path, {"steps": [output()]})
    client = flows.client()
    assert [(await client.get(path)).status for path in ("p/a.flow", "q/b.flow")] == [503, 200]
    flows.write("a.access", [rule("p", "User")])
    client = flows.client()
    assert [(await client.get(path)).status for path in ("p/a.flow", "q/b.flow")] == [503, 503]


async def test_a_flow_without_the_secret_it_names_is_not_enabled(flows: Flows) -> None:
    flows.write("p/a.flow", {"signature": {"scheme": "github", "secret": "hook"}, "steps": [output()]})
    result = await flows.client().post("p/a.flow")
    assert (result.status, result.json()["errors"][0]["code"]) == (503, "descriptor.secret")


async def test_a_rate_limit_holds(flows: Flows) -> None:
    flows.write("p/a.flow", {"rateLimit": {"limit": 1, "per": "1h"}, "steps": [output()]})
    client = flows.client()
    assert [(await client.get("p/a.flow")).status for _ in range(2)] == [200, 429]


async def test_what_needs_a_role_is_closed_while_nobody_can_sign_in(flows: Flows) -> None:
    flows.write("p/a.flow", {"roles": ["Boss"], "steps": [output()]})
    result = await flows.client().get("p/a.flow")
    assert (result.status, result.json()["code"]) == (401, "request.unauthorized")


def test_without_units_there_are_no_routes() -> None:
    assert not routes_of([], {}).literals
