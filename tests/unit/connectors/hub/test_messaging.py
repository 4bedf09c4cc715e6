"""What scripts do with the hub, through JavaScript."""

from pathlib import Path
from typing import Any

import pytest

from airdock.connectors.hub.memory import MemoryHub
from airdock.connectors.hub.messaging import Messaging
from airdock.connectors.hub.names import Channel
from airdock.errors import FlowError
from tests.unit.flows import Flows


@pytest.fixture
def messaging() -> Messaging:
    return Messaging(MemoryHub(), "")


async def call(messaging: Messaging, name: str, *arguments: str) -> Any:
    return await messaging.call(f"messaging.{name}", list(arguments))


async def test_script_sends_and_receives(tmp_path: Path) -> None:
    flows = Flows(tmp_path)
    (tmp_path / "p").mkdir(exist_ok=True)
    (tmp_path / "p" / "m.js").write_text(
        "const messaging = require('service/messaging');\n"
        "messaging.registerClient('c1'); messaging.registerTopic('t1'); messaging.subscribe('c1', 't1');\n"
        "messaging.send('c2', 't1', 'hello', { a: 1 });\n"
        "const got = messaging.receive('c1');\n"
        "exports.service = () => ({ n: got.length, body: got[0].body, subject: got[0].subject, sender: got[0].sender,\n"
        "  date: got[0].createdAt instanceof Date, again: messaging.receiveByTopic('c1', 't1').length,\n"
        "  known: [messaging.isClientExists('c1'), messaging.isClientExists('cx'), messaging.isTopicExists('t1')] });\n"
    )
    result = await flows.run([{"type": "javascript", "module": "/p/m.js"}])
    assert result.json() == {
        "n": 1, "body": '{"a":1}', "subject": "hello", "sender": "c2", "date": True, "again": 0,
        "known": [True, False, True],
    }  # fmt: skip


async def test_registered_and_subscribed_clients_exist(messaging: Messaging) -> None:
    assert await call(messaging, "isClientExists", "c1") is False
    await call(messaging, "registerClient", "c1")
    await call(messaging, "subscribe", "c2", "t1")
    assert [await call(messaging, "isClientExists", name) for name in ("c1", "c2", "c3")] == [True, True, False]
    assert await call(messaging, "receive", "c1") == []


async def test_client_that_unsubscribed_receives_nothing(messaging: Messaging) -> None:
    await call(messaging, "subscribe", "c1", "t1")
    await call(messaging, "unsubscribe", "c1", "t1")
    await call(messaging, "send", "c2", "t1", "", "x")
    assert await call(messaging, "receive", "c1") == []


async def test_messages_are_for_flows_too() -> None:
    hub = MemoryHub()
    await call(Messaging(hub, "ann"), "send", "c2", "t1", "hi", '{"a":1}')
    await call(Messaging(hub, "ann"), "send", "c2", "t1", "", "plain")
    sent = [each.message for each in await hub.peek(Channel("ann", "topic", "t1"), None, 10)]
    assert [each.content_type for each in sent] == ["application/json", "text/plain; charset=utf-8"]
    assert sent[0].headers == {"sender": "c2", "subject": "hi"}


@pytest.mark.parametrize(
    ("name", "arguments", "code"),
    [
        ("send", ("c", "a b", "", ""), "hub.name"),
        ("registerClient", ("",), "hub.name"),
        ("registerTopic", ("_clients",), "hub.name"),
        ("send", ("c", "t", "a\r\nNats-Rollup: all", ""), "connector.broker.header"),
        ("drop", (), "script.error"),
    ],
)
async def test_calls_that_fail(messaging: Messaging, name: str, arguments: tuple[str, ...], code: str) -> None:
    with pytest.raises(FlowError) as caught:
        await call(messaging, name, *arguments)
    assert caught.value.code == code
