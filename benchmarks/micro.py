"""What the parts cost inside the process, without a server."""

import timeit
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from airdock.engine.pipeline import NoLog, Pipeline
from airdock.exchange import Exchange, Run
from airdock.expressions import compile_expression
from airdock.request import Request
from airdock.testing import FlowClient
from airdock.triggers.http import BufferedRequest, HttpHandler

ROUNDS = 7


def nanoseconds(call: Any, number: int = 20_000) -> float:
    """Median over rounds of the time of one call."""
    return median(timeit.repeat(call, number=number, repeat=ROUNDS)) / number * 1e9


def engine_step() -> float:
    """Cost of one more plain step (a `set` of a constant property), trail on, in ns."""
    return (_run_steps(60) - _run_steps(10)) / 50


def _run_steps(count: int) -> float:
    flow = {"steps": [{"type": "set", "properties": {"a": "b"}} for _ in range(count)]}
    with TemporaryDirectory() as folder:
        Path(folder, "f.flow").write_bytes(msgspec.json.encode(flow))
        pipeline = FlowClient(folder).agent.flows["f.flow"]
    pipeline._log = _Kept()
    return nanoseconds(lambda: _run(pipeline), 2_000)


class _Kept(NoLog):
    """A run log that keeps trails and stores nothing, so that only the engine is measured."""

    keep_trail = True


def _run(pipeline: Pipeline) -> None:
    pipeline.run(pipeline.exchange(Request()), _no_answer)


def _no_answer(exchange: Exchange) -> None:
    return None


def condition(unread: int = 0) -> float:
    """Cost of `body.amount > 100 and body.kind = 'order'` in ns, beside so many bytes that it does not read."""
    expression = compile_expression("body.amount > 100 and body.kind = 'order'")
    exchange = Exchange(Run("id", "flow"))
    items = [{"id": number, "text": "x" * 80} for number in range(unread // 100)]
    exchange.body = {"amount": 200, "kind": "order", "items": items}
    assert expression.test(exchange)
    return nanoseconds(lambda: expression.test(exchange))


def mapping() -> float:
    """Cost of a mapping of 20 items, in ns."""
    expression = compile_expression("body.items.{'id': id, 'total': price * quantity}")
    exchange = Exchange(Run("id", "flow"))
    exchange.body = {"items": [{"id": number, "price": 1.5, "quantity": number} for number in range(20)]}
    assert len(expression.evaluate(exchange)) == 20
    return nanoseconds(lambda: expression.evaluate(exchange), 2_000)


def routing_call() -> float:
    """Cost of the routing flow from request to answer, handler and run log's part included and no server, in ns."""
    client = FlowClient(Path(__file__).parent / "flows")
    pipeline = client.agent.flows["bench/routing.flow"]
    pipeline._log = _Kept()
    handler = HttpHandler(client.agent)

    def call() -> None:
        handler.answer(BufferedRequest("GET", "/services/flow/bench/routing.flow", query="name=Joe"))

    return nanoseconds(call)
