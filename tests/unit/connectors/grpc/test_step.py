from typing import Any

import pytest

from airdock.testing import FlowClient
from tests.unit.connectors.grpc.stock import FILES, Stock
from tests.unit.connectors.opening import ConnectedFlows
from tests.unit.flows import Flows

CONNECTION = {"type": "grpc", "proto": "/p/stock.proto"}


def grpc(method: str = "shop.Stock/Get", **fields: Any) -> dict[str, Any]:
    return {"type": "grpc", "connection": "/p/stock.connection", "method": method, **fields}


def connect(flows: Flows, port: int, **fields: Any) -> None:
    for path, content in FILES.items():
        flows.write(path, content.decode())
    flows.write("p/stock.connection", {**CONNECTION, "url": f"grpc://127.0.0.1:{port}", **fields})


async def test_an_answer_becomes_the_body_or_a_property(connected: ConnectedFlows, stock: Stock) -> None:
    connect(connected, stock.port)
    result = await connected.run([grpc(message={"sku": "${request.query.sku}"})], query="sku=tea")
    assert result.json() == {"sku": "tea", "onHand": "12", "since": "1970-01-01T00:00:00Z"}
    steps = [grpc(message={"sku": "pot"}, result="stock"), {"type": "output", "message": "${properties.stock.onHand}"}]
    assert (await connected.run(steps)).text == "12"


async def test_the_message_may_be_an_expression_as_a_whole(connected: ConnectedFlows, stock: Stock) -> None:
    connect(connected, stock.port)
    result = await connected.run([grpc(message="${body}", defaults=True)], "POST", json={"sku": "tea"})
    assert result.json()["note"] == ""
    result = await connected.run([grpc(message="${body}")], "POST", json={"skuu": "tea"})
    assert (result.status, result.json()["code"]) == (500, "connector.grpc.message")
    result = await connected.run([grpc(originalNames=True)])
    assert result.json()["on_hand"] == "12"


async def test_metadata_of_the_step(connected: ConnectedFlows, stock: Stock) -> None:
    connect(connected, stock.port, metadata={"x-shop": "north"})
    steps = [grpc(metadata={"x-name": "${request.query.name}"})]
    await connected.run(steps, query="name=Joe")
    assert (stock.metadata["x-name"], stock.metadata["x-shop"]) == ("Joe", "north")
    calls = stock.calls
    result = await connected.run(steps, query="name=J%0Ax-admin:%20yes")
    assert (result.json()["code"], stock.calls) == ("connector.grpc.message", calls)


async def test_a_stream_is_split(connected: ConnectedFlows, stock: Stock) -> None:
    connect(connected, stock.port)
    output = {"type": "output", "message": "${body.onHand} "}
    watch = grpc("shop.Stock/Watch", message={"sku": "tea", "count": 4})
    result = await connected.run([watch, {"type": "split", "expression": "body", "steps": [output]}])
    assert result.text == "1 2 3 4 "
    # Nobody reads it: it is never begun.
    calls = stock.calls
    result = await connected.run([watch, {"type": "output", "message": "done"}])
    assert (result.text, stock.calls) == ("done", calls)


async def test_an_error_of_a_stream_is_one_of_who_reads_it(connected: ConnectedFlows, stock: Stock) -> None:
    connect(connected, stock.port)
    watch = grpc("shop.Stock/Watch", message={"sku": "fail:NOT_FOUND", "count": 1})
    split = {"type": "split", "expression": "body", "steps": [{"type": "output", "message": "x"}]}
    result = await connected.run([watch, split])
    assert (result.status, result.json()["code"]) == (502, "connector.grpc.notFound")
    assert result.run is not None
    assert result.run.error is not None
    assert result.run.error.step == "2"


async def test_an_error_is_caught_by_its_code(connected: ConnectedFlows, stock: Stock) -> None:
    connect(connected, stock.port)
    catch = [{"on": ["connector.grpc.notFound"], "steps": [{"type": "output", "message": "${error.details.detail}"}]}]
    steps = [{"type": "try", "steps": [grpc(message={"sku": "fail:NOT_FOUND"})], "catch": catch}]
    assert (await connected.run(steps)).text == "the shelf is closed"


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (grpc("shop.Stock/Gett"), "shop.Stock has no method 'Gett': did you mean 'Get'?"),
        (grpc("shop.Stok/Get"), "there is no service 'shop.Stok': did you mean 'shop.Stock'?"),
        (grpc("shop.Stock/Load"), "takes a stream of messages"),
        (grpc(message={"sku": "tea", "amount": 1}), 'has no field named "amount"'),
        (grpc("Get"), "a service with its package"),
        (grpc(metadata={"X": "a"}), "'X' is no name of metadata"),
    ],
)
def test_what_does_not_fit_the_schema_refuses_the_flow(flows: Flows, step: dict[str, Any], told: str) -> None:
    connect(flows, 1)
    (problem,) = flows.problems([step])
    assert told in problem


def test_a_schema_that_does_not_compile_refuses_the_flow(flows: Flows) -> None:
    connect(flows, 1)
    flows.write("p/stock.proto", "message {")
    (problem,) = flows.problems([grpc()])
    assert "the schema does not compile" in problem


async def test_tests_of_flows_put_a_mock_in_its_place(flows: Flows) -> None:
    connect(flows, 1)
    flows.write("p/f.flow", {"steps": [grpc(message={"sku": "tea"})]})
    for target in ({"connection": "p/stock.connection"}, {"address": "shop.Stock/*"}):
        client = FlowClient(flows.folder, mocks=[{**target, "reply": {"body": {"onHand": "3"}}}])
        assert (await client.call("GET", "p/f.flow")).json() == {"onHand": "3"}
