"""What each broker promises, its fake too: a suite that the tests of a connector inherit."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any, ClassVar
from uuid import uuid4

import pytest

from airdock.connectors.broker import Message
from airdock.errors import FlowError
from airdock.spec.trigger import Arrival

Arrivals = AsyncIterator[Arrival]


class BrokerContract:
    """Subclasses have a fixture `client`, say how one listens, and which promises are not the broker's.

    Attributes:
        again: What was not accepted comes again. requests: It has request-reply.
    """

    again: ClassVar[bool] = True
    requests: ClassVar[bool] = False
    to_queue: ClassVar[bool] = True
    tells_redelivery: ClassVar[bool] = True

    def name(self) -> str:
        """A queue or topic of the test's own."""
        return f"airdock-test-{uuid4().hex}"

    def listen(self, client: Any, name: str, prefetch: int = 10) -> AbstractAsyncContextManager[Arrivals]:
        raise NotImplementedError

    def message(self, name: str, content: bytes = b"1", **fields: Any) -> Message:
        return Message(name, content, str(uuid4()), queue=self.to_queue, **fields)

    async def test_a_message_arrives_as_it_was_sent(self, client: Any) -> None:
        name = self.name()
        async with self.listen(client, name) as arrivals:
            sent = self.message(
                name, b'{"a":1}', content_type="application/json", headers={"airdock-run": "r", "x": "y"}, key="k"
            )
            await client.publish(sent)
            arrival = await next_of(arrivals)
            assert (arrival.body, arrival.content_type) == (b'{"a":1}', "application/json")
            assert {"airdock-run": "r", "x": "y"}.items() <= arrival.headers.items()
            assert (arrival.id, arrival.key, arrival.redelivered) == (sent.id, "k", False)
            assert name in arrival.about.values()
            await arrival.accept()

    async def test_order_and_odd_contents(self, client: Any) -> None:
        name, contents = self.name(), [b"", b"\x00\xff", "ä".encode(), b"[" * 1000, b"x" * 3_000_000]
        async with self.listen(client, name) as arrivals:
            for content in contents:
                await client.publish(self.message(name, content))
            for content in contents:
                arrival = await next_of(arrivals)
                assert arrival.body == content
                await arrival.accept()

    async def test_no_more_than_prefetch_are_ahead(self, client: Any) -> None:
        if not self.again:
            pytest.skip("what is not acknowledged has no bound")
        name = self.name()
        async with self.listen(client, name, 2) as arrivals:
            for number in range(4):
                await client.publish(self.message(name, b"%d" % number))
            first, second = await next_of(arrivals), await next_of(arrivals)
            third = asyncio.ensure_future(anext(arrivals))
            done, _ = await asyncio.wait([third], timeout=0.1)
            assert not done
            await first.accept()
            arrival = await asyncio.wait_for(third, 5)
            assert arrival.body == b"2"
            await second.accept()
            await arrival.accept()
            await (await next_of(arrivals)).accept()

    async def test_what_was_not_accepted_comes_again(self, client: Any) -> None:
        if not self.again:
            pytest.skip("at most once")
        name = self.name()
        async with self.listen(client, name) as arrivals:
            for number in range(3):
                await client.publish(self.message(name, b"%d" % number))
            await (await next_of(arrivals)).accept()
            kept = await next_of(arrivals)
        async with self.listen(client, name) as arrivals:
            seen: dict[bytes, Arrival] = {}
            while len(seen) < 2:
                arrival = await next_of(arrivals)
                seen[arrival.body] = arrival
                await arrival.accept()
            assert sorted(seen) == [b"1", b"2"]
            assert seen[b"1"].id == kept.id
            if self.tells_redelivery:
                assert seen[b"1"].redelivered
        async with self.listen(client, name) as arrivals:
            await client.publish(self.message(name, b"last"))
            arrival = await next_of(arrivals)
            assert arrival.body == b"last"
            await arrival.accept()

    async def test_what_was_released_comes_again(self, client: Any) -> None:
        if not self.again:
            pytest.skip("at most once")
        name = self.name()
        async with self.listen(client, name) as arrivals:
            await client.publish(self.message(name))
            await (await next_of(arrivals)).release()
        async with self.listen(client, name) as arrivals:
            arrival = await next_of(arrivals)
            assert arrival.redelivered or not self.tells_redelivery
            await arrival.accept()

    async def test_request_and_reply(self, client: Any) -> None:
        if not self.requests:
            pytest.skip("it has no requests")
        name = self.name()
        async with self.listen(client, name) as arrivals:
            asking = [
                asyncio.ensure_future(client.request(self.message(name, b"%d" % number), 10)) for number in range(3)
            ]
            arrived = [await next_of(arrivals) for _ in asking]
            for arrival in reversed(arrived):
                await arrival.reply(arrival.body * 2, "text/plain")
                await arrival.accept()
            replies = await asyncio.gather(*asking)
            assert [(reply.content, reply.content_type) for reply in replies] == [
                (b"00", "text/plain"),
                (b"11", "text/plain"),
                (b"22", "text/plain"),
            ]

    async def test_a_request_that_nobody_answers(self, client: Any) -> None:
        if not self.requests:
            pytest.skip("it has no requests")
        name = self.name()
        async with self.listen(client, name) as arrivals:
            with pytest.raises(FlowError) as raised:
                await client.request(self.message(name), 0.1)
            assert raised.value.code == "connector.timeout"
            arrival = await next_of(arrivals)
            # Whoever asked has gone.
            await arrival.reply(b"late", "text/plain")
            await arrival.accept()

    async def test_a_reply_that_nobody_asked_for(self, client: Any) -> None:
        name = self.name()
        async with self.listen(client, name) as arrivals:
            await client.publish(self.message(name))
            arrival = await next_of(arrivals)
            await arrival.reply(b"x", "")
            await arrival.accept()

    async def test_it_is_there(self, client: Any) -> None:
        await client.check()


async def next_of(arrivals: Arrivals) -> Arrival:
    """The next arrival; it must come soon."""
    return await asyncio.wait_for(anext(arrivals), 10)
