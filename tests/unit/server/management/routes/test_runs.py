"""Runs, flows, routes and the agent, by the API."""

import pytest

from airdock.server.management.routes.agent import agent_routes
from airdock.server.management.routes.flows import flow_routes
from airdock.server.management.routes.index import INDEX
from airdock.server.management.routes.runs import run_routes
from tests.unit.server.management.installation import Installation

RESOURCES = (agent_routes, flow_routes, run_routes)


async def test_routes_are_told_with_their_flows(served_folder: Installation) -> None:
    assert RESOURCES
    async with served_folder.client() as client:
        first = (await client.get("/routes", params={"limit": 1})).json()
        second = (await client.get("/routes", params={"limit": 1, "cursor": first["next"]})).json()
        addresses = [each["address"] for each in first["items"] + second["items"]]
        assert addresses == ["/services/flow/hidden/secret.flow", "/services/flow/shop/hello.flow"]
        assert first["items"][0] == {
            "address": addresses[0], "flow": "hidden/secret.flow", "project": "hidden", "methods": None, "roles": [],
            "release": None,
        }  # fmt: skip


async def test_the_agent_tells_nodes_and_descriptors_in_pages(served_folder: Installation) -> None:
    async with served_folder.client() as client:
        first = (await client.get("/agent", params={"limit": 1})).json()
        assert (first["states"], [each["path"] for each in first["items"]]) == ({"enabled": 2}, ["hidden/secret.flow"])
        [node] = first["nodes"]
        assert (node["name"], node["states"]) == (first["node"], {"enabled": 2})
        assert node["projects"] == {"hidden": None, "shop": None}
        second = (await client.get("/agent", params={"limit": 1, "cursor": first["next"]})).json()
        assert [each["path"] for each in second["items"]] == ["shop/hello.flow"]
        assert (await client.get("/agent", params={"node": "elsewhere"})).status_code == 404


@pytest.mark.parametrize(
    ("query", "flows"),
    [
        ({"project": "shop"}, ["shop/hello.flow"]),
        ({"flow": "hidden/secret.flow"}, ["hidden/secret.flow"]),
        ({"until": "2000-01-01T00:00:00Z"}, []),
        ({"until": "2999-01-01T00:00:00"}, ["hidden/secret.flow", "shop/hello.flow"]),
        ({"since": "2000-01-01T00:00:00"}, ["hidden/secret.flow", "shop/hello.flow"]),
        ({"outcome": "failed"}, []),
        ({"parent": "01a20e17-dcd7-73b3-9afe-4d2141044f18"}, []),
    ],
)
async def test_runs_are_looked_for(served_folder: Installation, query: dict[str, str], flows: list[str]) -> None:
    assert INDEX["runs"] == "/api/v1/runs"
    async with served_folder.client() as client:
        for flow in ("hidden/secret.flow", "shop/hello.flow"):
            await client.get(f"http://localhost:8081/services/flow/{flow}")
        assert served_folder.serving.runlog.flush()
        page = (await client.get("/runs", params=query)).json()
        assert sorted(each["flow"] for each in page["items"]) == flows
