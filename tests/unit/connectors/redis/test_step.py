"""The `redis` step on a server and on the fake."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from airdock.connectors.redis.client import RedisClient
from airdock.connectors.redis.connection import Redis
from airdock.connectors.redis.step import kept, value_of
from airdock.errors import FlowError
from airdock.spec.connection import Secret
from airdock.streams import Stream
from airdock.testing import FlowClient
from tests.service.proxy import Proxy
from tests.unit.connectors.opened import flows, opened, opening
from tests.unit.flows import Flows

URL = os.environ.get("AIRDOCK_TEST_REDIS", "redis://127.0.0.1:6379")


STEP = {"type": "redis", "connection": "/p/r.connection"}


class Steps:
    """Runs `redis` steps, each as a flow of its own, on keys that are the test's own."""

    def __init__(self, folder: Path, fakes: bool) -> None:
        self.flows = Flows(folder)
        self.fakes = fakes
        self.prefix = f"airdock-test-{uuid4().hex}:"
        self.used: set[str] = set()
        self.flows.write("p/r.connection", {"type": "redis", "url": URL})

    def step(self, command: str, key: str, **fields: Any) -> dict[str, Any]:
        self.used.add(self.prefix + key)
        return {**STEP, "command": command, "key": self.prefix + key, **fields}

    async def run(self, *steps: dict[str, Any]) -> Any:
        """What each of the steps gives, in one run."""
        giving = [number for number, step in enumerate(steps) if step["type"] == "redis"]
        numbered = [{**step, "result": f"r{number}"} if number in giving else step for number, step in enumerate(steps)]
        every = ", ".join(f"'{number}': properties.r{number}" for number in giving)
        self.flows.write("p/f.flow", {"steps": [*numbered, {"type": "transform", "expression": f"{{{every}}}"}]})
        async with flows(self.flows.folder, fakes=self.fakes) as client:
            result = await client.call("POST", "p/f.flow", json={"n": 5, "o": {"a": [1]}, "l": ["x", "y"]})
            return list(result.json().values()) if result.status == 200 else result.json()["code"]


@pytest.fixture(params=["fake", "redis"])
async def steps(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Steps]:
    made = Steps(tmp_path, request.param == "fake")
    if request.param == "fake":
        yield made
        return
    try:
        client = await Redis(url=URL).connect(opening(tmp_path))
    except FlowError as error:
        pytest.skip(f"no Redis server answers: {error}")
    yield made
    for key in made.used:
        await client.execute("DEL", key)
    await client.close()


async def test_values(steps: Steps) -> None:
    step = steps.step
    assert await steps.run(
        step("get", "a"),
        step("set", "a", value="${body.n}"),
        step("get", "a"),
        step("set", "a", value="x", **{"if": "absent"}),
        step("set", "b", value="x", **{"if": "present"}),
        step("incr", "a"),
        step("incr", "a", amount="${body.n}"),
        step("exists", "a"),
        step("set", "o", value="${body.o}"),
        step("get", "o"),
        step("get", "o", **{"as": "json"}),
        step("delete", "a"),
        step("delete", "a"),
    ) == [None, True, "5", False, False, 6, 11, True, True, '{"a":[1]}', {"a": [1]}, True, False]


async def test_hashes(steps: Steps) -> None:
    step = steps.step
    assert await steps.run(
        step("hset", "h", field="a", value=1),
        step("hset", "h", value={"a": 2, "b": "x"}),
        step("hget", "h", field="a"),
        step("hget", "h", field="z"),
        step("hincr", "h", field="a", amount=3),
        step("hgetall", "h"),
        step("hdel", "h", field="b"),
        step("hgetall", "nothing"),
    ) == [1, 1, "2", None, 5, {"a": "5", "b": "x"}, 1, {}]


async def test_lists_and_sets(steps: Steps) -> None:
    step = steps.step
    assert await steps.run(
        step("rpush", "l", value="${body.l}"),
        step("lpush", "l", value=["b", "a"]),
        step("lrange", "l"),
        step("lrange", "l", first=1, last=-2),
        step("llen", "l"),
        step("lpop", "l"),
        step("rpop", "l"),
        step("lpop", "nothing"),
        step("sadd", "s", value=["a", "b", "a"]),
        step("sismember", "s", value="a"),
        step("srem", "s", value="a"),
        step("smembers", "s"),
        step("zadd", "z", value="late", score=2.5),
        step("zadd", "z", value="early", score="${body.n - 4}"),
        step("zrange", "z"),
        step("zrem", "z", value="late"),
    ) == [2, 4, ["a", "b", "x", "y"], ["b", "x"], 4, "a", "y", None, 2, True, 1, ["b"], 1, 1, ["early", "late"], 1]


async def test_a_value_goes_when_its_time_is_over(steps: Steps) -> None:
    step = steps.step
    assert await steps.run(
        step("set", "a", value="x", ttl="30ms"),
        step("set", "b", value="x"),
        step("expire", "b", ttl="30ms"),
        step("set", "c", value="x", ttl="1h"),
        {"type": "delay", "duration": "60ms"},
        *(step("get", key) for key in "abc"),
    ) == [True, True, True, True, None, None, "x"]


async def test_errors_have_codes(steps: Steps) -> None:
    step = steps.step
    assert await steps.run(step("set", "a", value="x"), step("incr", "a")) == "connector.redis.command"
    assert await steps.run(step("set", "a", value="x"), step("lpush", "a", value="x")) == "connector.redis.command"
    two, one = step("rpush", "l", value=[1, 2]), step("lrange", "l", maxItems=1)
    assert await steps.run(two, one) == "connector.redis.tooMany"
    assert await steps.run(step("set", "a", value="{"), step("get", "a", **{"as": "json"})) == "connector.redis.value"
    assert await steps.run(step("incr", "b", amount="${body.o}")) == "connector.redis.value"
    assert await steps.run(step("hset", "h", value=1)) == "connector.redis.value"
    assert await steps.run(step("rpush", "l", value=[])) == "connector.redis.value"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"command": "eval"}, "'eval'"),
        ({"command": "flushall"}, "'flushall'"),
        ({"command": "set"}, "`set` needs `value`"),
        ({"command": "get", "ttl": "1s"}, "`get` has no `ttl`"),
        ({"command": "hget", "value": 1, "field": "x"}, "`hget` has no `value`"),
    ],
)
def test_what_cannot_be_is_told(tmp_path: Path, fields: dict[str, Any], says: str) -> None:
    made = Flows(tmp_path)
    made.write("p/r.connection", {"type": "redis", "url": URL})
    [problem] = made.problems([{"type": "redis", "connection": "/p/r.connection", "key": "a", **fields}])
    assert says in problem


@pytest.mark.parametrize(
    "url", ["http://h", "redis://", "redis://u:pw@h", "redis://h/x", "redis://h?db=1", "redis://h:x"]
)
def test_addresses_that_cannot_be_are_told(url: str) -> None:
    [(name, sentence)] = Redis.check(Redis(url=url))
    assert name == "url"
    assert "pw" not in sentence


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[RedisClient]:
    """A client of the server; the test is skipped where none answers."""
    try:
        client = await Redis(url=URL).connect(opening(tmp_path))
    except FlowError as error:
        pytest.skip(f"no Redis server answers: {error}")
    yield client
    await client.close()


async def test_a_lost_connection_is_made_anew(server: RedisClient, tmp_path: Path) -> None:
    address = urlsplit(URL)
    proxy = Proxy(address.hostname or "127.0.0.1", address.port or 6379)
    async with opened(Redis(url=f"redis://127.0.0.1:{proxy.port}"), tmp_path) as client:
        proxy.cut()
        with pytest.raises(FlowError) as caught:
            await client.check()
        assert caught.value.code == "connector.unavailable"
        proxy.restore()
        await client.check()
        proxy.cut()
        proxy.restore()
        await server.check()  # by now it is known here that the connection was closed
        await client.check()
        proxy.cut()


async def test_a_server_that_is_slow_or_refuses_is_told(server: RedisClient, tmp_path: Path) -> None:
    with pytest.raises(FlowError) as caught:
        await Redis(url="redis://127.0.0.1:9").connect(opening(tmp_path))
    assert caught.value.code == "connector.unavailable"
    wrong = Redis(url=URL.replace("//", "//nobody@"), password=Secret(secret="r"))
    with pytest.raises(FlowError) as caught:
        await wrong.connect(opening(tmp_path, {"r": "hidden-word"}))
    assert caught.value.code in ("connector.refused", "connector.unavailable")
    assert "hidden-word" not in str(caught.value)
    async with opened(Redis(url=URL, timeout=0.5), tmp_path) as client:
        with pytest.raises(FlowError) as caught:
            await client.execute("BLPOP", f"airdock-test-{uuid4().hex}", 30)
        assert caught.value.code == "connector.timeout"
        await client.check()


def test_what_cannot_be_kept_is_told() -> None:
    for value in (Stream([1]), object()):
        with pytest.raises(FlowError):
            kept(value)
    assert value_of(b"\xff", "text") == b"\xff"
    assert value_of(b"x", "bytes") == b"x"


async def test_flow_tests_mock_it_by_its_connection_and_key(tmp_path: Path) -> None:
    made = Flows(tmp_path)
    made.write("p/r.connection", {"type": "redis", "url": URL})
    made.write("p/f.flow", {"steps": [{**STEP, "command": "get", "key": "k"}]})
    client = FlowClient(tmp_path, mocks=[{"address": "k", "reply": {"body": "mocked"}}])
    assert (await client.call("GET", "p/f.flow")).text == "mocked"
    await client.close()
