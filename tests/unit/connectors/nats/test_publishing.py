from pathlib import Path
from typing import Any

import pytest

from airdock.connectors.broker import Message
from airdock.connectors.nats.connection import NatsConnection
from airdock.connectors.nats.consumers import Consumer
from airdock.connectors.nats.publishing import check_subject
from airdock.errors import FlowError
from tests.nats import own_server
from tests.unit.connectors.nats.support import client_at, opening, stream
from tests.unit.connectors.opening import ConnectedFlows


@pytest.mark.parametrize(
    "subject", ["", "a..b", ".a", "a.", "a b", "a.*", "a.>", "$JS.API.STREAM.DELETE.ORDERS", "_INBOX.x", "a\r\nPUB b 0"]
)
def test_subjects_that_nothing_may_be_sent_to(subject: str) -> None:
    with pytest.raises(FlowError) as caught:
        check_subject(subject)
    assert caught.value.code == "connector.broker.destination"


@pytest.mark.parametrize("subject", ["orders", "orders.new", "a.$b", "ö.1"])
def test_subjects_that_messages_are_sent_to(subject: str) -> None:
    assert check_subject(subject) == subject


async def test_step_gives_messages_to_a_stream(tmp_path: Path, connected: ConnectedFlows) -> None:
    with own_server(tmp_path) as server:
        client = client_at(server.url)
        connected.write("p/n.connection", {"type": "nats", "servers": [server.url], "jetstream": True})
        step = {
            "type": "publish", "connection": "/p/n.connection", "topic": "orders.${body.kind}", "id": "m${body.n}",
            "key": "k", "headers": {"color": "red"},
        }  # fmt: skip
        async with stream(client, "orders") as name:
            for _ in range(2):
                assert (await connected.run([step], "POST", json={"n": 1, "kind": "new"})).status == 200
            async with client.consumed(Consumer(name, "reader"), 1) as arrivals:
                arrival = await anext(arrivals)
            assert (arrival.body, arrival.content_type) == (b'{"n":1,"kind":"new"}', "application/json")
            assert (arrival.id, arrival.key, arrival.headers["color"]) == ("m1", "k", "red")
            info = await (await client.session()).jetstream._jsm.stream_info(name)
            assert info.state.messages == 1
        await client.close()


async def test_step_asks_whoever_listens(tmp_path: Path, connected: ConnectedFlows) -> None:
    with own_server(tmp_path) as server:
        client = client_at(server.url)
        connected.write("p/n.connection", {"type": "nats", "servers": [server.url]})
        session = await client.session()

        async def answer(message: Any) -> None:
            await session.nats.publish(message.reply, message.data.upper(), headers={"Content-Type": "text/plain"})

        await session.nats.subscribe("upper", cb=answer)
        await client.check()
        step = {"type": "publish", "connection": "/p/n.connection", "topic": "upper", "body": "hello", "request": True}
        assert (await connected.run([step, {"type": "output", "message": "${body}!"}])).text == "HELLO!"
        await client.close()


async def test_fake_publishes_to_itself() -> None:
    fake: Any = NatsConnection(servers=["nats://nowhere:1"], jetstream=True).fake()
    await fake.publish(Message("orders.new", b"1", "m1"))
    async with fake.client.consumed(Consumer("any", "reader"), 1) as arrivals:
        assert (await anext(arrivals)).id == "m1"


async def test_client_of_a_connection_publishes(tmp_path: Path) -> None:
    with own_server(tmp_path) as server:
        publisher: Any = await NatsConnection(servers=[server.url]).connect(opening())
        async with publisher.client.subscribed("a", "", 1) as arrivals:
            await publisher.publish(Message("a", b"1", "m1"))
            assert (await anext(arrivals)).id == "m1"
        await publisher.close()
