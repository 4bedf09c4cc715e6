"""Following a topic on a server of NATS that goes away."""

import asyncio
from pathlib import Path

import pytest

from airdock.connectors.hub import following
from airdock.connectors.hub.feeds import Feeds
from airdock.connectors.hub.jetstream import JetStreamHub
from airdock.connectors.hub.message import Outgoing
from airdock.connectors.hub.names import Channel
from airdock.errors import FlowError
from tests.nats import own_server

TOPIC = Channel("", "topic", "orders")


async def test_who_follows_learns_that_the_server_is_gone_and_goes_on_with_what_was_missed(tmp_path: Path) -> None:
    with own_server(tmp_path) as server:
        hub = JetStreamHub(lambda: {"servers": [server.url]}, patience=20)
        feeds = Feeds(hub)
        async with asyncio.timeout(60):
            async with feeds.open("p/live.flow", "orders") as news:
                await hub.send(TOPIC, Outgoing(b"1"))
                first = await anext(news)
                assert (first.sequence, first.content) == (1, b"1")
                await asyncio.to_thread(server.kill)
                with pytest.raises(FlowError) as lost:
                    await anext(news)
                assert lost.value.code == "connector.unavailable"
            await asyncio.to_thread(server.start)
            await hub.send(TOPIC, Outgoing(b"2"))
            async with feeds.open("p/live.flow", "orders", first.sequence) as news:
                assert (await anext(news)).content == b"2"
                await hub.send(TOPIC, Outgoing(b"3"))
                assert (await anext(news)).content == b"3"
        await hub.close()


async def test_silence_is_no_loss_as_long_as_the_server_says_that_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "HEARTBEAT", 0.2)
    monkeypatch.setattr(following, "_SILENCE", 1.5)
    with own_server(tmp_path) as server:
        hub = JetStreamHub(lambda: {"servers": [server.url]}, patience=20)
        async with asyncio.timeout(60), hub.follow(TOPIC) as sent:
            waiting = asyncio.ensure_future(anext(sent))
            assert await asyncio.wait((waiting,), timeout=2) == (set(), {waiting})
            session = await hub._client.session()
            for consumer in await session.jetstream._jsm.consumers_info(TOPIC.stream):
                await session.jetstream._jsm.delete_consumer(TOPIC.stream, consumer.name)
            with pytest.raises(FlowError) as lost:
                await waiting
            assert lost.value.code == "connector.unavailable"
        await hub.close()
