"""What a hub promises, kept in memory and by servers of NATS."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from airdock.connectors.hub.hub import Hub
from airdock.connectors.hub.memory import MemoryHub
from airdock.connectors.hub.message import ChannelInfo, Outgoing
from airdock.connectors.hub.names import Channel
from airdock.errors import FlowError
from tests.unit.connectors.hub.support import NOW, SPACE, machine_hub, unique

LATER = NOW + 3600
"""Long after the topics of these tests are made."""


@pytest.fixture(params=["memory", "server"])
async def hub(request: pytest.FixtureRequest) -> AsyncIterator[Hub]:
    if request.param == "memory":
        yield MemoryHub()
        return
    async with machine_hub() as hub:
        yield hub


@pytest.fixture
def topic() -> Channel:
    return Channel(SPACE, "topic", unique("orders.new"))


@pytest.fixture
def queue() -> Channel:
    return Channel(SPACE, "queue", unique("invoices"))


def text(content: str, **more: Any) -> Outgoing:
    return Outgoing(content.encode(), "text/plain", **more)


async def told(hub: Hub, channel: Channel) -> ChannelInfo:
    return next(
        info for info in await hub.channels(channel.space) if (info.kind, info.name) == (channel.kind, channel.name)
    )


async def test_each_client_gets_every_message_of_a_topic(hub: Hub, topic: Channel) -> None:
    await hub.subscribe(topic, "a")
    await hub.subscribe(topic, "b")
    sent = await hub.send(topic, text("hello", headers={"color": "red"}, key="k", id="m1"))
    for client in ("a", "b"):
        async with hub.listen(topic, client, NOW, 10) as arrivals:
            arrival = await anext(arrivals)
            assert (arrival.body, arrival.content_type) == (b"hello", "text/plain")
            assert (arrival.headers, arrival.key, arrival.id) == ({"color": "red"}, "k", "m1")
            assert arrival.about == {"topic": topic.name, "sequence": sent.sequence, "attempt": 1}
            await arrival.accept()


async def test_those_who_are_one_client_share_its_messages(hub: Hub, topic: Channel) -> None:
    async with hub.listen(topic, "a", NOW, 1) as first, hub.listen(topic, "a", NOW, 1) as second:
        await hub.send(topic, text("1"))
        await hub.send(topic, text("2"))
        async with asyncio.timeout(5):
            bodies = [arrival.body for arrival in await asyncio.gather(anext(first), anext(second))]
    assert sorted(bodies) == [b"1", b"2"]


async def test_subscription_outlives_those_who_listen(hub: Hub, topic: Channel) -> None:
    async with hub.listen(topic, "a", NOW, 10):
        pass
    await hub.send(topic, text("meanwhile"))
    async with hub.listen(topic, "a", LATER, 10) as arrivals:
        assert (await anext(arrivals)).body == b"meanwhile"


async def test_client_that_comes_late_gets_what_is_sent_from_then_on(hub: Hub, topic: Channel) -> None:
    await hub.send(topic, text("before"))
    await hub.subscribe(topic, "late", LATER)
    await hub.subscribe(topic, "early", NOW)
    assert [each.message.content for each in await hub.receive(topic, "late")] == []
    assert [each.message.content for each in await hub.receive(topic, "early")] == [b"before"]


async def test_message_of_a_queue_goes_to_one_and_is_gone_then(hub: Hub, queue: Channel) -> None:
    for number in range(4):
        await hub.send(queue, text(f"{number}"))
    async with hub.listen(queue, "any", NOW, 2) as first, hub.listen(queue, "other", NOW, 2) as second:
        got = [await anext(first), await anext(first), await anext(second), await anext(second)]
        assert sorted(arrival.body for arrival in got) == [b"0", b"1", b"2", b"3"]
        for arrival in got:
            assert arrival.about["queue"] == queue.name
            await arrival.accept()
    assert (await told(hub, queue)).messages == 0


async def test_queue_keeps_what_came_before_anybody_listened(hub: Hub, queue: Channel) -> None:
    await hub.send(queue, text("early"))
    async with hub.listen(queue, "any", LATER, 1) as arrivals:
        assert (await anext(arrivals)).body == b"early"


@pytest.mark.parametrize("kind", ["topic", "queue"])
async def test_what_is_released_comes_again(hub: Hub, kind: Any) -> None:
    channel = Channel(SPACE, kind, unique())
    await hub.send(channel, text("1"))
    async with hub.listen(channel, "a", NOW, 1) as arrivals:
        first = await anext(arrivals)
        await first.release()
        again = await anext(arrivals)
        assert (first.redelivered, again.redelivered) == (False, True)
        assert (again.about["attempt"], again.id) == (2, first.id)
        await again.working()
        await again.accept()


async def test_what_was_not_accepted_goes_back_when_listening_ends(hub: Hub, topic: Channel) -> None:
    for number in range(3):
        await hub.send(topic, text(f"{number}"))
    async with hub.listen(topic, "a", NOW, 2) as arrivals:
        await (await anext(arrivals)).accept()
        await anext(arrivals)
    async with hub.listen(topic, "a", NOW, 10) as arrivals:
        assert {(await anext(arrivals)).body for _ in range(2)} == {b"1", b"2"}


async def test_message_with_an_id_is_kept_once(hub: Hub, topic: Channel) -> None:
    first = await hub.send(topic, text("1", id="m1"))
    second = await hub.send(topic, text("1", id="m1"))
    assert (first.duplicate, second.duplicate) == (False, True)
    assert second.sequence == first.sequence
    assert (await told(hub, topic)).messages == 1


async def test_messages_have_ids_of_their_own(hub: Hub, topic: Channel) -> None:
    sent = [await hub.send(topic, text("1")) for _ in range(2)]
    assert sent[0].id != sent[1].id
    assert [each.message.id for each in await hub.peek(topic, None, 10)] == [each.id for each in sent]


async def test_peeking_takes_nothing(hub: Hub, topic: Channel) -> None:
    await hub.subscribe(topic, "a")
    for number in range(5):
        await hub.send(topic, text(f"{number}"))
    assert [each.message.content for each in await hub.peek(topic, None, 2)] == [b"3", b"4"]
    second = (await hub.peek(topic, None, 10))[1]
    peeked = await hub.peek(topic, second.sequence, 2)
    assert [each.message.content for each in peeked] == [b"1", b"2"]
    assert abs(peeked[0].at - NOW) < 1000
    assert len(await hub.receive(topic, "a")) == 5


async def test_peeking_where_nothing_is(hub: Hub, topic: Channel) -> None:
    assert await hub.peek(topic, None, 10) == []
    await hub.make(topic)
    assert await hub.peek(topic, 7, 10) == []


async def test_channels_tell_how_far_clients_are(hub: Hub, topic: Channel) -> None:
    await hub.send(topic, text("0"))
    async with hub.listen(topic, "shop.billing", NOW, 1) as arrivals:
        await (await anext(arrivals)).release()
        await anext(arrivals)
        await hub.send(topic, text("1"))
        await hub.send(topic, text("2"))
        info = await told(hub, topic)
        (subscription,) = info.subscriptions
        assert (info.messages, info.last - info.first, info.size > 0) == (3, 2, True)
        assert (subscription.client, subscription.pending) == ("shop.billing", 2)
        assert (subscription.open, subscription.redelivered) == (1, 1)
        assert (subscription.last, subscription.at is not None) == (info.first, True)


async def test_spaces_are_apart(hub: Hub, topic: Channel) -> None:
    other = topic._replace(space=unique("öther user"))
    await hub.send(other, text("theirs"))
    assert await hub.peek(topic, None, 10) == []
    assert [info.name for info in await hub.channels(other.space)] == [topic.name]


async def test_topic_and_queue_of_one_name_are_apart(hub: Hub, topic: Channel) -> None:
    await hub.send(topic, text("1"))
    assert await hub.peek(topic._replace(kind="queue"), None, 10) == []


async def test_receiving_takes_what_is_there(hub: Hub, topic: Channel) -> None:
    await hub.subscribe(topic, "a")
    await hub.send(topic, text("1"))
    await hub.send(topic, text("2"))
    assert [each.message.content for each in await hub.receive(topic, "a")] == [b"1", b"2"]
    assert await hub.receive(topic, "a") == []


async def test_nobody_receives_who_is_not_subscribed(hub: Hub, topic: Channel) -> None:
    await hub.send(topic, text("1"))
    assert await hub.receive(topic, "stranger") == []


async def test_unsubscribing(hub: Hub, topic: Channel) -> None:
    await hub.subscribe(topic, "a")
    assert await hub.unsubscribe(topic, "a")
    assert not await hub.unsubscribe(topic, "a")
    await hub.send(topic, text("1"))
    assert await hub.receive(topic, "a") == []


async def test_message_that_is_too_large(hub: Hub, topic: Channel) -> None:
    with pytest.raises(FlowError) as caught:
        await hub.send(topic, Outgoing(bytes(9 * 1024**2)))
    assert caught.value.code == "hub.size"


async def test_who_follows_a_topic_gets_what_is_sent_from_then_on_and_leaves_nothing(hub: Hub, topic: Channel) -> None:
    await hub.send(topic, text("before"))
    async with hub.follow(topic) as sent, hub.follow(topic) as other:
        kept = [await hub.send(topic, text(content, headers={"color": "red"})) for content in ("1", "2")]
        async with asyncio.timeout(5):
            for following in (sent, other):
                got = [await anext(following), await anext(following)]
                assert [each.sequence for each in got] == [each.sequence for each in kept]
                assert [each.message.content for each in got] == [b"1", b"2"]
                assert (got[0].message.headers, got[0].message.content_type) == ({"color": "red"}, "text/plain")
    assert (await told(hub, topic)).subscriptions == []
