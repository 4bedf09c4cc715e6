"""Connections in the API, and what the command line makes of it."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from airdock.api.connections import ConnectionInfo, ConnectionTest
from tests.service.server import write_files
from tests.unit.server.management.installation import Installation, installation

CONNECTIONS = {
    "shop/well.connection": '{"type": "echo"}',
    "shop/dry.connection": '{"type": "echo", "away": true}',
    "hidden/well.connection": '{"type": "echo"}',
}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Installation]:
    folder = write_files(tmp_path / "flows", CONNECTIONS)
    settings = {"catalogue": "tests.unit.spec.doubles:catalogue"}
    with installation(folder, tmp_path / "home", repository=False, settings=settings) as made:
        yield made


async def listed(client: httpx.AsyncClient) -> dict[str, tuple[str, str]]:
    answer = await client.get("/connections")
    return {each["name"]: (each["state"], each["error"]) for each in answer.json()["items"]}


async def test_they_are_listed_with_how_they_stand(served: Installation) -> None:
    async with served.client() as client:
        assert await listed(client) == dict.fromkeys(
            ("hidden/well.connection", "shop/dry.connection", "shop/well.connection"), ("closed", "")
        )
        tried = (await client.post("/connections/shop/well")).json()
        assert (tried["name"], tried["works"], tried["code"]) == ("shop/well.connection", True, "")
        tried = (await client.post("/connections/shop/dry.connection")).json()
        error = "shop/dry.connection cannot be reached: no echo"
        assert (tried["works"], tried["code"], tried["error"]) == (False, "connector.unavailable", error)
        found = await listed(client)
        assert (found["shop/well.connection"], found["shop/dry.connection"]) == (("open", ""), ("failing", error))
        metrics = await client.get("http://localhost:8081/metrics")
        assert (
            'airdock_connection_state{connection="shop/dry.connection",state="failing",type="echo"} 1.0' in metrics.text
        )
        answer = await client.post("/connections/shop/absent")
        assert (answer.status_code, answer.json()["code"]) == (404, "request.notFound")
        assert "or its file has a problem" in answer.json()["detail"]
    await served.serving.agent.runtime.links.close()


async def test_those_of_a_project_that_the_caller_does_not_see_are_not_there(served: Installation) -> None:
    ann = served.add_user("ann", "operator")
    served.add_user("bob", "operator")
    served.restrict("hidden", bob=["operator"])
    async with served.client(ann) as client:
        assert set(await listed(client)) == {"shop/dry.connection", "shop/well.connection"}
        assert (await client.post("/connections/hidden/well")).status_code == 404


def test_shapes() -> None:
    assert ConnectionInfo(name="a", type="echo", state="closed").since is None
    assert ConnectionTest(name="a", works=True, seconds=0.1).error == ""
