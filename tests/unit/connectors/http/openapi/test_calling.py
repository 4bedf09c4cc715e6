from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from airdock.testing import FlowClient
from tests.unit.connectors.http.openapi.petstore import DOCUMENT
from tests.unit.connectors.http.peers import Peer, serving
from tests.unit.connectors.opening import ConnectedFlows
from tests.unit.flows import Flows


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        return web.json_response({"path": request.raw_path})

    async with serving(handle) as peer:
        yield peer


def call(operation: str, **fields: Any) -> dict[str, Any]:
    return {"type": "http", "connection": "/p/pets.connection", "operation": operation, **fields}


def connect(flows: Flows, url: str = "http://127.0.0.1:9", **fields: Any) -> None:
    flows.write("p/pets.json", DOCUMENT)
    flows.write("p/pets.connection", {"type": "http", "url": url, "openapi": "/p/pets.json", **fields})


async def test_an_operation_is_called(connected: ConnectedFlows, peer: Peer) -> None:
    connect(connected, f"{peer.url}/v2")
    result = await connected.run([call("getPetById", params={"petId": "${request.query.id}"})], query="id=7")
    assert result.json() == {"path": "/v2/pets/7"}
    result = await connected.run([call("listPets", params={"limit": 5, "tags": ["a", "b"], "X-Trace": "${run.id}"})])
    assert result.json() == {"path": "/v2/pets?limit=5&tags=a&tags=b"}
    assert peer.last["x-trace"]


async def test_a_body_is_checked_and_sent(connected: ConnectedFlows, peer: Peer) -> None:
    connect(connected, peer.url)
    steps = [call("addPet", body="${body}")]
    await connected.run(steps, "POST", json={"name": "Rex"})
    method, path, headers, body = peer.requests[-1]
    assert (method, path, headers["content-type"], body) == ("POST", "/pets", "application/json", b'{"name":"Rex"}')
    result = await connected.run(steps, "POST", json={"nam": "Rex"})
    assert (result.status, result.json()["code"]) == (500, "connector.http.arguments")
    assert len(peer.requests) == 1


async def test_arguments_that_come_with_a_message_are_checked(connected: ConnectedFlows, peer: Peer) -> None:
    connect(connected, peer.url)
    steps = [call("getPetById", params={"petId": "${request.query.id}"})]
    for query in ("id=../admin", "id=7/../8", "", "id=7%0a"):
        result = await connected.run(steps, query=query)
        assert result.json()["code"] == "connector.http.arguments"
    assert peer.requests == []


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (call("getPetsById", params={"petId": 1}), "no operation 'getPetsById': did you mean 'getPetById'?"),
        (call("getPetById", params={"pedId": 1}), "no parameter 'pedId': did you mean 'petId'?"),
        (call("getPetById"), "the parameter 'petId' is missing"),
        (call("getPetById", params={"petId": "seven"}), "the parameter 'petId' does not fit"),
        (call("addPet"), "addPet: the body is missing"),
        (call("addPet", body={"age": 3}), "addPet: the body does not fit"),
        (call("getPetById", params={"petId": 1}, body={}), "getPetById: it takes no body"),
        (call("getPetById", params={"petId": 1}, path="/x"), "leave `path` out"),
        (call("getPetById", params={"petId": 1}, method="GET"), "leave `method` out"),
        ({"type": "http", "url": "https://example.com/", "operation": "a"}, "an `operation` needs a `connection`"),
        ({"type": "http", "url": "https://example.com/", "params": {"a": 1}}, "`params` are those of an `operation`"),
    ],
)
def test_what_does_not_fit_the_document_refuses_the_flow(flows: Flows, step: dict[str, Any], told: str) -> None:
    connect(flows)
    (problem,) = flows.problems([step])
    assert told in problem


@pytest.mark.parametrize(
    ("document", "told"), [(None, "its connection has no `openapi`"), ({"openapi": "2"}, "it is no OpenAPI document")]
)
def test_a_connection_without_a_document(flows: Flows, document: Any, told: str) -> None:
    connect(flows)
    if document is None:
        flows.write("p/pets.connection", {"type": "http", "url": "http://127.0.0.1:9"})
    else:
        flows.write("p/pets.json", document)
    (problem,) = flows.problems([call("getPetById", params={"petId": 1})])
    assert told in problem


async def test_tests_of_flows_put_a_mock_in_its_place(flows: Flows) -> None:
    connect(flows)
    flows.write("p/f.flow", {"steps": [call("getPetById", params={"petId": 1})]})
    for target in ({"connection": "p/pets.connection"}, {"address": "getPetById"}):
        client = FlowClient(flows.folder, mocks=[{**target, "reply": {"body": {"name": "Rex"}}}])
        assert (await client.call("GET", "p/f.flow")).json() == {"name": "Rex"}
