import asyncio
from pathlib import Path
from typing import Any

import pytest

from airdock.connectors.links import Links
from airdock.connectors.nats.connection import NatsConnection
from airdock.connectors.nats.trigger import NatsTrigger, name_of
from airdock.errors import FlowError, Place
from airdock.spec.connection import C, Connection, Link
from airdock.spec.trigger import Source
from tests.nats import own_server
from tests.unit.connectors.nats.support import NAME, client_at, links_of, stream


class Surroundings:
    """Where a listener stands: one connection."""

    name = "shop/orders.listener"

    def __init__(self, links: Links) -> None:
        self.links = links
        self.clock = links.clock
        self.stores: Any = None

    def connection(self, path: str, kinds: tuple[type[Connection], ...], place: Place) -> Link:
        assert NatsConnection in kinds
        return self.links.at(path)

    def declaration(self, path: str, kinds: tuple[type[C], ...], place: Place) -> C:
        raise NotImplementedError

    def hub(self) -> Link:
        raise NotImplementedError


def source_of(url: str, **params: Any) -> tuple[Source, Links]:
    links = links_of(NatsConnection(servers=[url]))
    return NatsTrigger(connection=NAME, **params).source(Surroundings(links)), links


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({}, "subject"),
        ({"stream": "S", "queue": "q"}, "queue"),
        ({"subject": "a", "durable": "d"}, "durable"),
        ({"stream": "S"}, None),
        ({"subject": "a.>", "queue": "q"}, None),
    ],
)
def test_what_it_listens_to_is_clear(params: dict[str, Any], field: str | None) -> None:
    problems = NatsTrigger.check(NatsTrigger(connection=NAME, **params))
    assert [name for name, _ in problems] == ([] if field is None else [field])


def test_name_of_a_listener_is_its_own() -> None:
    names = {name_of("a/b.listener"), name_of("a_b.listener"), name_of("~ann/a/b.listener"), name_of("a/ö b.listener")}
    assert len(names) == 4
    assert all(name.replace("_", "").isalnum() for name in names)


async def test_messages_of_a_stream_are_given_to_each_durable_consumer(tmp_path: Path) -> None:
    with own_server(tmp_path) as server:
        client = client_at(server.url)
        async with stream(client, "orders") as name:
            await client.store("orders.new", b"1", {})
            for durable in ("billing", "shipping", ""):
                source, links = source_of(server.url, stream=name, durable=durable)
                async with source.open(5) as arrivals:
                    arrival = await anext(arrivals)
                    assert arrival.body == b"1"
                    await arrival.accept()
                await links.close()
        await client.close()


async def test_source_raises_when_the_server_goes_and_opens_when_it_is_back(tmp_path: Path) -> None:
    with own_server(tmp_path) as server:
        client = client_at(server.url)
        async with stream(client, "orders") as name:
            source, links = source_of(server.url, stream=name, ack_wait=0.5)
            await client.store("orders.new", b"1", {})
            async with source.open(5) as arrivals:
                assert (await anext(arrivals)).body == b"1"
                server.kill()
                with pytest.raises(FlowError) as caught:
                    await anext(arrivals)
                assert caught.value.code == "connector.unavailable"
            with pytest.raises(FlowError):
                async with source.open(5):
                    pass
            server.start()
            async with asyncio.timeout(10), Patient(source) as arrivals:
                again = await anext(arrivals)
                assert again.body == b"1"
                await again.accept()
            await links.close()
        await client.close()


class Patient:
    """Opens a source as soon as its connection lets itself be opened."""

    def __init__(self, source: Source) -> None:
        self._source = source

    async def __aenter__(self) -> Any:
        while True:
            self._open = self._source.open(5)
            try:
                return await self._open.__aenter__()
            except FlowError:
                await asyncio.sleep(0.01)

    async def __aexit__(self, *error: Any) -> None:
        await self._open.__aexit__(*error)


async def test_listeners_of_one_queue_group_share_a_subject(tmp_path: Path) -> None:
    with own_server(tmp_path) as server:
        client = client_at(server.url)
        first, links_1 = source_of(server.url, subject="orders.*")
        second, links_2 = source_of(server.url, subject="orders.*")
        async with first.open(100) as one, second.open(100) as two:
            got: list[bytes] = []
            all_there = asyncio.Event()

            async def take(arrivals: Any) -> None:
                async for arrival in arrivals:
                    got.append(arrival.body)
                    if len(got) == 20:
                        all_there.set()

            takers = [asyncio.ensure_future(take(each)) for each in (one, two)]
            for number in range(20):
                await client.send("orders.new", b"%d" % number, {})
            async with asyncio.timeout(5):
                await all_there.wait()
            for taker in takers:
                taker.cancel()
        assert len(set(got)) == len(got) == 20
        for each in (links_1, links_2, client):
            await each.close()
