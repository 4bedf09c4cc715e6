"""Whatever a descriptor says and a request holds: an answer, never a traceback, never a hang."""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from airdock.testing import FlowClient, Result

NAMES = st.sampled_from(["a", "b", "name", "x-y", "$", "a b", "ключ"])
EXPRESSIONS = st.sampled_from(
    """body | body.a | properties.a | request.query.name | 1 + 1 | body.a + 1 | "x" & body | $sum(body) | body[0]
    | error
    | error.code | run.id | $keys(body) | $ | ** | body.a = properties.a | loop.index | null | $string(body) | request
    | headers | config | $error('own') | $now() | $map(body, $string)""".replace("\n   ", "").split(" | ")
)
TEXTS = st.one_of(
    EXPRESSIONS.map(lambda expression: "${" + expression + "}"),
    st.tuples(st.text(max_size=5), EXPRESSIONS).map(lambda pair: pair[0] + "${" + pair[1] + "}"),
    st.text(max_size=10),
)
SCALARS = st.one_of(
    TEXTS, st.integers(-(2**70), 2**70), st.floats(allow_nan=False, allow_infinity=False), st.booleans(), st.none()
)
VALUES = st.one_of(
    SCALARS,
    st.lists(SCALARS, max_size=2),
    st.dictionaries(NAMES, st.one_of(SCALARS, st.lists(SCALARS, max_size=2)), max_size=2),
)
COMMON: dict[str, Any] = {
    "when": EXPRESSIONS,
    "properties": st.dictionaries(NAMES, VALUES, max_size=2),
    "retry": st.just({"attempts": 2, "delay": "0ms"}),
    "timeout": st.just("1s"),
}


def step(type_: str, **fields: Any) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries({"type": st.just(type_), **fields}, optional=COMMON)


LEAVES = st.one_of(
    step("output", message=st.one_of(TEXTS, st.lists(VALUES, max_size=2))),
    step("respond", status=st.one_of(st.sampled_from([200, 204, 304, 404, 599]), TEXTS)),
    step("respond", headers=st.dictionaries(NAMES, TEXTS, min_size=1, max_size=2), body=VALUES),
    step("set", body=VALUES),
    step("set", headers=st.dictionaries(NAMES, VALUES, min_size=1, max_size=2)),
    st.fixed_dictionaries({"type": st.just("remove"), "properties": st.just(["*"]), "body": st.booleans()}),
    step("transform", expression=EXPRESSIONS),
    step("transform", expression=EXPRESSIONS, result=NAMES),
    step("throw", code=TEXTS, message=TEXTS),
    step("delay", duration=TEXTS | st.just("0ms")),
    step("log", message=TEXTS),
    step("flow", module=st.just("/p/f.flow")),
    step("stop"),
)


@st.composite
def blocks(draw: st.DrawFn, depth: int) -> list[Any]:
    """Steps; those that hold others do so `depth` deep."""
    return [draw(steps(depth)) for _ in range(draw(st.integers(0, 3)))]


@st.composite
def sub_flows(draw: st.DrawFn, depth: int) -> dict[str, Any]:
    return {"properties": draw(st.dictionaries(NAMES, VALUES, max_size=1)), "steps": draw(blocks(depth))}


@st.composite
def steps(draw: st.DrawFn, depth: int) -> dict[str, Any]:
    match draw(st.integers(0, 5)) if depth else 0:
        case 3:
            keyed = {
                "key": draw(NAMES),
                "value": draw(st.sampled_from(["any", "null", "Joe", 1])),
                "flow": draw(sub_flows(depth - 1)),
            }
            by_expression = {"when": draw(EXPRESSIONS), "flow": draw(sub_flows(depth - 1))}
            return {"type": "condition", "cases": [keyed, by_expression], "otherwise": draw(sub_flows(depth - 1))}
        case 4:
            catch = [{"steps": draw(blocks(depth - 1))}]
            return {"type": "try", "steps": draw(blocks(depth - 1)), "catch": catch, "finally": draw(blocks(depth - 1))}
        case 5:
            return {"type": "flow", "flow": draw(sub_flows(depth - 1))}
        case _:
            leaf: dict[str, Any] = draw(LEAVES)
            return leaf


@st.composite
def flows(draw: st.DrawFn) -> dict[str, Any]:
    flow: dict[str, Any] = {"steps": draw(blocks(3)), "properties": draw(st.dictionaries(NAMES, VALUES, max_size=2))}
    if draw(st.booleans()):
        handler = {"steps": draw(blocks(1)), "continue": draw(st.booleans()), "handled": draw(st.booleans())}
        flow["onError"] = [handler]
    if draw(st.booleans()):
        flow["input"] = draw(st.sampled_from([{"type": "object"}, {"type": "array"}, {}]))
        flow["output"] = draw(st.sampled_from([{"type": "object"}, {"type": "string"}]))
    return flow


BODIES = [b'{"a": 1}', b"[1, 2]", b"a=b", b"{", b"[" * 5000, b'"\xff"']
TYPES = ["application/json", "application/x-www-form-urlencoded", "text/plain", "text/plain; charset=no", ""]
REQUESTS = st.fixed_dictionaries(
    {
        "method": st.sampled_from(["GET", "POST", "PUT", "HEAD", "OPTIONS", "BREW"]),
        "query": st.sampled_from(["", "name=Joe", "a=1&a=2", "%zz=%", "name"]),
        "content": st.one_of(st.binary(max_size=20), st.sampled_from(BODIES)),
        "type": st.sampled_from([*TYPES, "multipart/form-data; boundary=x"]),
    }
)


def call(flow: Any, request: dict[str, Any]) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "p").mkdir()
        Path(folder, "p", "f.flow").write_text(json.dumps(flow))
        return asyncio.run(send(FlowClient(folder), request))


async def send(client: FlowClient, request: dict[str, Any]) -> Result:
    headers = {"content-type": request["type"]} if request["type"] else {}
    address = f"p/f.flow?{request['query']}"
    async with asyncio.timeout(60):
        return await client.call(request["method"], address, content=request["content"], headers=headers)


@pytest.mark.slow
@settings(max_examples=200)
@given(data=st.data())
def test_every_flow_and_request_gets_an_answer(data: st.DataObject) -> None:
    result = call(data.draw(flows()), data.draw(REQUESTS))
    event(f"status {result.status}")
    assert 200 <= result.status <= 599
    assert b"Traceback" not in result.content
    for name, value in result.headers.items():
        assert not set(name + value) & set("\r\n\0")
    if result.headers.get("content-type") == "application/problem+json":
        assert result.json()["code"] != "internal"
