"""What a client of NATS promises, kept by servers and by the fake."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from airdock.connectors.nats.client import MESSAGE_ID
from airdock.connectors.nats.consumers import Consumer
from airdock.connectors.nats.fake import FakeNats
from airdock.errors import FlowError
from tests.unit.connectors.nats.support import real_client, stream, unique

Client = Any


class Place:
    """A client, a subject of the test's own, and a stream that keeps it."""

    def __init__(self, client: Client, subject: str, stream: str) -> None:
        self.client = client
        self.subject = subject
        self.stream = stream

    def consumer(self, **options: Any) -> Consumer:
        return Consumer(self.stream, options.pop("name", "reader"), **options)


@pytest.fixture(params=["memory", "server"])
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    subject = unique()
    if request.param == "memory":
        yield Place(FakeNats(), subject, "any")
        return
    async with real_client() as client, stream(client, subject) as name:
        yield Place(client, subject, name)


async def test_check_finds_it_there(place: Place) -> None:
    await place.client.check()


async def test_subject_gives_what_is_sent_while_somebody_listens(place: Place) -> None:
    await place.client.send(place.subject, b"before", {})
    async with place.client.subscribed(f"{place.subject}.*", "", 10) as arrivals:
        await place.client.send(f"{place.subject}.a", b"hello", {"Content-Type": "text/plain", "color": "red"})
        arrival = await anext(arrivals)
        assert (arrival.body, arrival.content_type, arrival.headers) == (b"hello", "text/plain", {"color": "red"})
        assert arrival.about == {"subject": f"{place.subject}.a"}
        await arrival.accept()


async def test_each_listener_of_a_subject_gets_a_message_and_one_of_a_queue_group(place: Place) -> None:
    listening = place.client.subscribed
    async with (
        listening(place.subject, "", 10) as alone,
        listening(place.subject, "group", 100) as first,
        listening(place.subject, "group", 100) as second,
    ):
        for number in range(20):
            await place.client.send(place.subject, b"%d" % number, {})
        assert [(await anext(alone)).body for _ in range(10)] == [b"%d" % number for number in range(10)]
        got: list[bytes] = []
        all_there = asyncio.Event()

        async def take(arrivals: Any) -> None:
            async for arrival in arrivals:
                got.append(arrival.body)
                if len(got) == 20:
                    all_there.set()

        takers = [asyncio.ensure_future(take(each)) for each in (first, second)]
        async with asyncio.timeout(5):
            await all_there.wait()
        for taker in takers:
            taker.cancel()
        assert sorted(got) == sorted(b"%d" % number for number in range(20))


async def test_what_is_released_of_a_subject_comes_again(place: Place) -> None:
    async with place.client.subscribed(place.subject, "", 1) as arrivals:
        await place.client.send(place.subject, b"x", {})
        first = await anext(arrivals)
        await first.release()
        again = await anext(arrivals)
        assert (first.redelivered, again.redelivered, again.body) == (False, True, b"x")


async def test_stream_keeps_what_is_stored_for_those_who_come_later(place: Place) -> None:
    kept = await place.client.store(place.subject, b"1", {"Airdock-Key": "k", "Content-Type": "text/plain"})
    async with place.client.consumed(place.consumer(), 10) as arrivals:
        arrival = await anext(arrivals)
        assert (arrival.body, arrival.key, arrival.redelivered) == (b"1", "k", False)
        assert arrival.about == {
            "subject": place.subject,
            "stream": kept.stream,
            "sequence": kept.sequence,
            "attempt": 1,
        }
        assert arrival.id == f"{kept.stream}:{kept.sequence}"
        await arrival.accept()


async def test_message_with_an_id_is_stored_once(place: Place) -> None:
    first = await place.client.store(place.subject, b"1", {MESSAGE_ID: "m1"})
    second = await place.client.store(place.subject, b"1", {MESSAGE_ID: "m1"})
    assert (first.duplicate, second.duplicate) == (False, True)
    async with place.client.consumed(place.consumer(), 10) as arrivals:
        assert (await anext(arrivals)).id == "m1"


async def test_what_is_released_of_a_stream_comes_again(place: Place) -> None:
    await place.client.store(place.subject, b"1", {})
    async with place.client.consumed(place.consumer(), 1) as arrivals:
        await (await anext(arrivals)).release()
        again = await anext(arrivals)
        assert (again.redelivered, again.about["attempt"]) == (True, 2)
        await again.working()
        await again.accept()


async def test_what_was_not_accepted_goes_back_when_listening_ends(place: Place) -> None:
    for number in range(4):
        await place.client.store(place.subject, b"%d" % number, {})
    async with place.client.consumed(place.consumer(), 3) as arrivals:
        await (await anext(arrivals)).accept()
        await anext(arrivals)
        await anext(arrivals)
    async with place.client.consumed(place.consumer(), 10) as arrivals:
        assert {(await anext(arrivals)).body for _ in range(3)} == {b"1", b"2", b"3"}


async def test_no_more_is_given_than_prefetch_allows(place: Place) -> None:
    for number in range(5):
        await place.client.store(place.subject, b"%d" % number, {})
    async with place.client.consumed(place.consumer(), 2) as arrivals:
        first, _ = await anext(arrivals), await anext(arrivals)
        third = asyncio.ensure_future(anext(arrivals))
        await place.client.check()
        await asyncio.sleep(0)
        assert not third.done()
        await first.accept()
        assert (await third).body == b"2"


async def test_those_who_share_a_consumer_share_its_messages(place: Place) -> None:
    async with (
        place.client.consumed(place.consumer(), 1) as first,
        place.client.consumed(place.consumer(), 1) as second,
    ):
        await place.client.store(place.subject, b"1", {})
        await place.client.store(place.subject, b"2", {})
        async with asyncio.timeout(5):
            bodies = [arrival.body for arrival in await asyncio.gather(anext(first), anext(second))]
        assert sorted(bodies) == [b"1", b"2"]


async def test_consumer_for_new_messages_gets_no_earlier_ones(place: Place) -> None:
    await place.client.store(place.subject, b"old", {})
    async with place.client.consumed(place.consumer(everything=False), 10) as arrivals:
        await place.client.store(place.subject, b"new", {})
        assert (await anext(arrivals)).body == b"new"


async def test_consumer_of_a_subject_gets_its_messages_only(place: Place) -> None:
    await place.client.store(f"{place.subject}.a", b"a", {})
    await place.client.store(f"{place.subject}.b", b"b", {})
    async with place.client.consumed(place.consumer(subject=f"{place.subject}.b"), 10) as arrivals:
        assert (await anext(arrivals)).body == b"b"


async def test_request_is_answered(place: Place) -> None:
    async def answer(arrivals: Any) -> None:
        arrival = await anext(arrivals)
        await arrival.reply(arrival.body.upper(), "text/plain")
        await arrival.accept()

    subject = f"ask.{place.subject}"
    async with place.client.subscribed(subject, "", 10) as arrivals:
        answering = asyncio.ensure_future(answer(arrivals))
        answer_ = await place.client.request(subject, b"hello", {}, 5)
        await answering
    assert (answer_.content, answer_.headers["Content-Type"]) == (b"HELLO", "text/plain")


async def test_request_that_nobody_hears(place: Place) -> None:
    with pytest.raises(FlowError) as caught:
        await place.client.request(f"ask.{place.subject}", b"", {}, 5)
    assert caught.value.code == "connector.nats.nobody"


async def test_request_that_nobody_answers_in_time(place: Place) -> None:
    subject = f"ask.{place.subject}"
    async with place.client.subscribed(subject, "", 10):
        with pytest.raises(FlowError) as caught:
            await place.client.request(subject, b"", {}, 0.05)
    assert caught.value.code == "connector.timeout"
