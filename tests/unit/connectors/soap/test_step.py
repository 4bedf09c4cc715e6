from typing import Any

import pytest

from airdock.testing import FlowClient
from tests.unit.connectors.opening import ConnectedFlows
from tests.unit.connectors.soap.prices import FOUND, Prices, files
from tests.unit.flows import Flows


def soap(operation: str = "GetPrice", **fields: Any) -> dict[str, Any]:
    return {"type": "soap", "connection": "/p/prices.connection", "operation": operation, **fields}


def connect(flows: Flows, address: str, **fields: Any) -> None:
    for path, content in files(address).items():
        flows.write(path, content.decode())
    flows.write("p/prices.connection", {"type": "soap", "wsdl": "/p/prices.wsdl", **fields})


async def test_an_answer_becomes_the_body_or_a_property(connected: ConnectedFlows, prices: Prices) -> None:
    connect(connected, prices.address)
    call = soap(arguments={"sku": "${request.query.sku}"})
    assert (await connected.run([call], query="sku=tea")).json() == FOUND
    steps = [{**call, "result": "price"}, {"type": "output", "message": "${properties.price.amount}"}]
    assert (await connected.run(steps, query="sku=tea")).text == "9.95"


async def test_arguments_as_a_whole(connected: ConnectedFlows, prices: Prices) -> None:
    connect(connected, prices.address)
    steps = [soap(arguments="${body}")]
    assert (await connected.run(steps, "POST", json={"sku": "tea", "quantity": 2})).json() == FOUND
    result = await connected.run(steps, "POST", json={"sku": "tea", "qty": 2})
    assert (result.status, result.json()["code"]) == (500, "connector.soap.arguments")


async def test_a_fault_is_caught(connected: ConnectedFlows, prices: Prices) -> None:
    connect(connected, prices.address)
    catch = [{"on": ["soap.fault"], "steps": [{"type": "output", "message": "${error.details.detail.NoPrice.sku}"}]}]
    steps = [{"type": "try", "steps": [soap(arguments={"sku": "none"})], "catch": catch}]
    assert (await connected.run(steps)).text == "none"
    result = await connected.run([soap(arguments={"sku": "none"})])
    assert (result.status, result.json()["code"]) == (502, "connector.soap.fault")


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (soap("GetPrize"), "there is no operation 'GetPrize': did you mean 'GetPrice'?"),
        (soap(arguments={"sku": "tea", "amount": 1}), "unexpected keyword argument 'amount'"),
        (soap(), "Missing element sku"),
    ],
)
def test_what_does_not_fit_the_wsdl_refuses_the_flow(flows: Flows, step: dict[str, Any], told: str) -> None:
    connect(flows, "http://127.0.0.1/prices")
    (problem,) = flows.problems([step])
    assert told in problem


def test_a_wsdl_that_cannot_be_used_refuses_the_flow(flows: Flows) -> None:
    connect(flows, "http://127.0.0.1/prices")
    flows.write("p/prices.wsdl", "<x/>")
    (problem,) = flows.problems([soap(arguments={"sku": "tea"})])
    assert "p/prices.wsdl: the WSDL" in problem


def test_a_schema_that_changes_is_read_anew(flows: Flows) -> None:
    connect(flows, "http://127.0.0.1/prices")
    step = soap(arguments={"sku": "tea", "amount": 1})
    assert flows.problems([step])
    text = files("http://127.0.0.1/prices")["p/prices.wsdl"].decode()
    flows.write("p/prices.wsdl", text.replace('name="quantity"', 'name="amount"'))
    assert flows.problems([step]) == []


@pytest.mark.parametrize("fields", [{}, {"wsdl": "/p/a.wsdl", "wsdlUrl": "http://127.0.0.1/prices?wsdl"}])
def test_one_wsdl_is_given(flows: Flows, fields: dict[str, str]) -> None:
    flows.write("p/prices.connection", {"type": "soap", **fields})
    (problem,) = flows.problems([{"type": "output", "message": "x"}])
    assert "one of the two" in problem


async def test_tests_of_flows_put_a_mock_in_its_place(flows: Flows) -> None:
    connect(flows, "http://127.0.0.1/prices")
    flows.write("p/f.flow", {"steps": [soap(arguments={"sku": "tea"})]})
    for target in ({"connection": "p/prices.connection"}, {"address": "GetPrice"}):
        client = FlowClient(flows.folder, mocks=[{**target, "reply": {"body": {"amount": 4}}}])
        assert (await client.call("GET", "p/f.flow")).json() == {"amount": 4}
