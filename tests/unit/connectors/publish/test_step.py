from pathlib import Path
from typing import Any

import pytest

from airdock.connectors.broker import Reply
from airdock.connectors.hub.names import Channel
from airdock.plugins import catalogue
from tests.unit.connectors.opening import ConnectedFlows
from tests.unit.connectors.publish.wire import ThinConnection, Wire, WireConnection


def publish(**fields: Any) -> dict[str, Any]:
    return {"type": "publish", "connection": "/p/w.connection", **fields}


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    client = Wire()
    monkeypatch.setattr(WireConnection, "client", client, raising=False)
    for each in (WireConnection, ThinConnection):
        monkeypatch.setitem(catalogue().connections.entries, each.type, each)
    return client


@pytest.fixture
def wired(tmp_path: Path, wire: Wire) -> ConnectedFlows:
    flows = ConnectedFlows(tmp_path)
    flows.write("p/w.connection", {"type": "wire", "allow": ["orders*", "audit"]})
    flows.write("p/open.connection", {"type": "wire"})
    flows.write("p/thin.connection", {"type": "thin"})
    return flows


async def test_a_message_has_all_that_the_step_says(wired: ConnectedFlows, wire: Wire) -> None:
    step = publish(
        queue="orders.${body.kind}",
        body={"n": "${body.n}"},
        headers={"Source": "shop", "n": "${body.n}"},
        id="order-${body.n}",
        key="${body.n}",
        partition="${body.n}",
        priority=3,
        delay="1.5s",
        expiration="${body.life}",
    )
    result = await wired.run([step], "POST", json={"n": 4, "kind": "tea", "life": "2m"})
    assert result.status == 200
    assert result.run is not None
    (sent,) = wire.sent
    assert (sent.destination, sent.queue, sent.content, sent.content_type) == (
        "orders.tea",
        True,
        b'{"n":4}',
        "application/json",
    )
    assert sent.headers == {"source": "shop", "n": "4", "airdock-run": result.run.exchange.run.id}
    assert (sent.id, sent.key, sent.partition, sent.priority) == ("order-4", "4", 4, 3)
    assert (sent.delay, sent.expiration) == (1.5, 120.0)


async def test_each_message_has_an_id_of_its_own(wired: ConnectedFlows, wire: Wire) -> None:
    await wired.run([publish(topic="orders"), publish(topic="orders")])
    first, second = wire.sent
    assert len(first.id) == len(second.id) == 36
    assert first.id != second.id
    assert (first.queue, first.partition, first.delay, first.expiration, first.key) == (False, None, 0.0, None, "")


@pytest.mark.parametrize(
    ("body", "content", "content_type"),
    [
        ("plain ä", "plain ä".encode(), "text/plain; charset=utf-8"),
        ("${body.list}", b"[1]", "application/json"),
        ("${body.absent}", b"", ""),
        (7, b"7", "application/json"),
    ],
)
async def test_bodies_by_their_value(
    wired: ConnectedFlows, wire: Wire, body: Any, content: bytes, content_type: str
) -> None:
    await wired.run([publish(topic="orders", body=body)], "POST", json={"list": [1]})
    assert (wire.sent[0].content, wire.sent[0].content_type) == (content, content_type)


async def test_without_a_body_the_messages_own_is_sent_as_it_came(wired: ConnectedFlows, wire: Wire) -> None:
    content, headers = b'{"n" : 1.0}', {"content-type": "application/vnd.x+json"}
    await wired.run([publish(topic="orders")], "POST", content=content, headers=headers)
    assert (wire.sent[0].content, wire.sent[0].content_type) == (content, "application/vnd.x+json")
    marshal = {"type": "marshal", "format": "xml", "root": "o", "source": "{'n': 1}"}
    await wired.run([marshal, publish(topic="orders")])
    assert b"<n>1</n>" in wire.sent[1].content
    assert wire.sent[1].content_type.startswith("application/xml")
    await wired.run([{"type": "set", "body": "a;b"}, publish(topic="orders", contentType="text/csv")])
    assert (wire.sent[2].content, wire.sent[2].content_type) == (b"a;b", "text/csv")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"topic": "${body.topic}"}, "destination"),
        ({"topic": "orders", "headers": {"x": "${body.line}"}}, "header"),
        ({"topic": "orders", "partition": "${body.topic}"}, "value"),
        ({"topic": "orders", "delay": "${body.n}"}, "value"),
    ],
)
async def test_what_a_message_cannot_make_of_the_step(
    wired: ConnectedFlows, wire: Wire, fields: dict[str, Any], code: str
) -> None:
    body = {"topic": "secrets", "line": "a\r\nadmin: yes", "n": 1}
    result = await wired.run([publish(**fields)], "POST", json=body)
    assert (result.status, result.json()["code"]) == (500, f"connector.broker.{code}")
    assert wire.sent == []


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply(b'{"a": 1}', "application/json"), {"a": 1}),
        (Reply(b'{"a": 1}'), {"a": 1}),
        (Reply(b"ok", "text/plain"), "ok"),
        (Reply(b""), None),
    ],
)
async def test_a_request_gives_its_reply(wired: ConnectedFlows, wire: Wire, reply: Reply, expected: Any) -> None:
    wire.replies = [reply, reply]
    shown = {"type": "respond", "body": {"r": "${properties.r}", "b": "${body}"}}
    steps = [publish(topic="orders", request=True), publish(topic="audit", request=True, timeout="2s", result="r")]
    result = await wired.run([*steps, shown], "POST", json=0)
    assert result.json().get("r") == result.json().get("b") == expected
    assert wire.timeouts == [30.0, 2.0]


async def test_a_reply_that_is_not_what_it_says(wired: ConnectedFlows, wire: Wire) -> None:
    wire.replies = [Reply(b"{", "application/json")]
    result = await wired.run([publish(topic="orders", request=True)])
    assert result.json()["code"] == "connector.broker.content"


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({}, "give `topic` or `queue`"),
        ({"topic": "a", "queue": "b"}, "give `topic` or `queue`"),
        ({"topic": "orders", "result": "r"}, "only a `request` has a result"),
        ({"topic": "secrets"}, "does not allow to send to 'secrets'"),
        ({"topic": ""}, "is not the name of a topic"),
        ({"topic": "orders", "priority": 10}, "9"),
        ({"topic": "a", "connection": ""}, "connection"),
        ({"topic": "a", "connection": "/p/absent.connection"}, "there is no connection"),
        ({"topic": "a", "connection": "/p/thin.connection", "delay": "1s"}, "has nothing for `delay`"),
        ({"queue": "a", "connection": "/p/thin.connection"}, "has nothing for `queue`"),
    ],
)
def test_problems(wired: ConnectedFlows, fields: dict[str, Any], problem: str) -> None:
    assert problem in wired.problems([publish(**fields)])[0]


def test_the_hub_does_not_tell_where_it_has_put_a_message(wired: ConnectedFlows) -> None:
    problems = wired.problems([{"type": "publish", "topic": "orders", "result": "r"}])
    assert "only a `request` has a result" in problems[0]


def test_it_needs_a_broker(wired: ConnectedFlows) -> None:
    wired.write("p/w.connection", {"type": "grpc", "url": "grpc://127.0.0.1:1"})
    assert "sends no messages" in wired.problems([publish(topic="a")])[0]


async def test_mocks_know_it_by_its_topic(wired: ConnectedFlows, wire: Wire) -> None:
    wired.write("p/f.flow", {"steps": [publish(topic="orders.${request.query.k}")]})
    client = wired.client()
    assert (await client.call("GET", "p/f.flow?k=tea")).status == 200
    assert wire.sent[0].destination == "orders.tea"


async def test_without_a_connection_messages_go_to_the_built_in_hub(connected: ConnectedFlows) -> None:
    step = {"type": "publish", "topic": "orders.${body.kind}", "key": "k", "id": "m1", "headers": {"color": "red"}}
    assert (await connected.run([step], "POST", json={"kind": "new"})).status == 200
    assert connected.runtime is not None
    (peeked,) = await connected.runtime.links.hub.peek(Channel("", "topic", "orders.new"), None, 10)
    sent = peeked.message
    assert (sent.content, sent.content_type, sent.key, sent.id) == (b'{"kind":"new"}', "application/json", "k", "m1")
    assert (sent.headers["color"], set(sent.headers)) == ("red", {"color", "airdock-run"})
    assert (await connected.run([step], "POST", json={"kind": "a b"})).status == 400


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"topic": "a b"}, "cannot be called"),
        ({"queue": "a", "delay": "1s"}, "the built-in hub has nothing for `delay`"),
        ({"topic": "a", "request": True}, "the built-in hub has nothing for `request`"),
    ],
)
def test_what_the_hub_does_not_do(wired: ConnectedFlows, fields: dict[str, Any], problem: str) -> None:
    assert problem in wired.problems([{"type": "publish", **fields}])[0]
