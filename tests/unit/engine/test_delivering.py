"""Runs whose answer goes out before they end."""

from tests.unit.flows import Flows, output

STREAM = """
async def service(exchange):
    async def items():
        yield "a"
        yield "b"
    exchange.body = items()
"""


async def test_a_stream_is_read_while_the_run_holds_what_it_comes_from(flows: Flows) -> None:
    flows.write("p/held.py", STREAM)
    result = await flows.run([{"type": "python", "module": "/p/held.py"}], flow={"events": {}})
    assert result.status == 200
    assert result.text == "retry: 3000\n\ndata: a\n\ndata: b\n\nevent: end\ndata: end\n\n"
    assert result.run is not None
    assert result.run.error is None


async def test_a_flow_that_stops_is_delivered_and_one_that_fails_is_not(flows: Flows) -> None:
    stopped = await flows.run([output("a"), {"type": "stop"}, output("b")], flow={"events": {}})
    assert "data: a\n\n" in stopped.text
    failed = await flows.run([output("a"), {"type": "throw", "code": "x.y"}], flow={"events": {}})
    assert (failed.status, failed.json()["code"]) == (500, "x.y")


async def test_a_call_is_one_message_of_a_flow_that_takes_websockets(flows: Flows) -> None:
    result = await flows.run([output("<${body}>")], "POST", flow={"websocket": {}}, json=5)
    assert (result.status, result.text) == (200, "<5>")
