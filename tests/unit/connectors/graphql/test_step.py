from typing import Any

import pytest

from airdock.testing import FlowClient
from tests.unit.connectors.graphql.catalogue import ITEM, PART, Catalogue
from tests.unit.connectors.opening import ConnectedFlows
from tests.unit.flows import Flows


def graphql(**fields: Any) -> dict[str, Any]:
    return {"type": "graphql", "connection": "/p/c.connection", **fields}


def connect(flows: Flows, address: str) -> None:
    flows.write("p/c.connection", {"type": "graphql", "url": address})


async def test_data_becomes_the_body_or_a_property(connected: ConnectedFlows, catalogue: Catalogue) -> None:
    connect(connected, catalogue.address)
    step = graphql(query=ITEM, variables={"sku": "${request.query.sku}"})
    assert (await connected.run([step], query="sku=tea")).json() == {"item": {"sku": "tea", "name": "Tea"}}
    steps = [{**step, "result": "found"}, {"type": "output", "message": "${properties.found.item.name}"}]
    assert (await connected.run(steps, query="sku=pot")).text == "Pot"


async def test_a_document_of_a_file_and_variables_as_a_whole(connected: ConnectedFlows, catalogue: Catalogue) -> None:
    connect(connected, catalogue.address)
    connected.write("p/item.graphql", ITEM)
    steps = [graphql(file="/p/item.graphql", operation="Item", variables="${body}")]
    assert (await connected.run(steps, "POST", json={"sku": "tea"})).json()["item"]["name"] == "Tea"
    result = await connected.run(steps, "POST", json=["tea"])
    assert result.json()["code"] == "connector.graphql.variables"


async def test_errors_beside_data(connected: ConnectedFlows, catalogue: Catalogue) -> None:
    connect(connected, catalogue.address)
    step = graphql(query=PART, variables={"sku": "tea"})
    result = await connected.run([step])
    assert (result.status, result.json()["code"]) == (502, "connector.graphql.errors")
    steps = [{**step, "errors": "missing"}, {"type": "output", "message": "${properties.missing[0].message}"}]
    assert (await connected.run(steps)).text == "not for you"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "give `query` or `file`"),
        ({"query": ITEM, "file": "/p/item.graphql"}, "give `query` or `file`"),
        ({"query": 'query { item(sku: "${body.sku}") { name } }'}, "the document is literal"),
        ({"file": "/p/gone.graphql"}, "there is no file 'p/gone.graphql'"),
    ],
)
def test_what_is_refused(flows: Flows, fields: dict[str, Any], told: str) -> None:
    connect(flows, "http://127.0.0.1/graphql")
    (problem,) = flows.problems([graphql(**fields)])
    assert told in problem


async def test_tests_of_flows_put_a_mock_in_its_place(flows: Flows) -> None:
    connect(flows, "http://127.0.0.1/graphql")
    flows.write("p/f.flow", {"steps": [graphql(query=ITEM, operation="Item")]})
    for target in ({"connection": "p/c.connection"}, {"address": "Item"}):
        client = FlowClient(flows.folder, mocks=[{**target, "reply": {"body": {"item": None}}}])
        assert (await client.call("GET", "p/f.flow")).json() == {"item": None}
