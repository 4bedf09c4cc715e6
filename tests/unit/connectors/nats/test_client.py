import asyncio
from pathlib import Path

import pytest

from airdock.connectors.nats.consumers import Consumer
from airdock.errors import FlowError
from tests.nats import OwnServer, own_server
from tests.unit.connectors.nats.support import NAME, client_at, real_client, stream, unique


@pytest.fixture
def server(tmp_path: Path) -> OwnServer:
    return OwnServer(tmp_path)


async def test_server_that_is_away_is_told_at_once(server: OwnServer) -> None:
    with pytest.raises(FlowError) as caught:
        await client_at(server.url).check()
    assert caught.value.code == "connector.unavailable"
    assert NAME in caught.value.message


async def test_client_finds_the_server_again(tmp_path: Path) -> None:
    with own_server(tmp_path) as server:
        client = client_at(server.url)
        session = await client.session()
        server.kill()
        await session.lost.wait()
        with pytest.raises(FlowError):
            await client.send("a", b"", {})
        server.start()
        await client.check()
        await client.close()


async def test_message_that_was_stored_outlives_the_server(tmp_path: Path) -> None:
    with own_server(tmp_path) as server:
        client = client_at(server.url)
        async with stream(client, "kept") as name:
            await client.store("kept", b"1", {})
            session = await client.session()
            server.kill()
            await session.lost.wait()
            server.start()
            async with client.consumed(Consumer(name, "reader"), 1) as arrivals:
                arrival = await anext(arrivals)
                assert arrival.body == b"1"
                await arrival.accept()
        await client.close()


async def test_listening_ends_with_the_connection(tmp_path: Path) -> None:
    with own_server(tmp_path) as server:
        client = client_at(server.url)
        async with stream(client, "kept") as name:
            async with (
                client.consumed(Consumer(name, "reader"), 1) as pulled,
                client.subscribed("sent", "", 1) as subscribed,
            ):
                waiting = [asyncio.ensure_future(anext(pulled)), asyncio.ensure_future(anext(subscribed))]
                await client.check()
                server.kill()
                ends = await asyncio.gather(*waiting, return_exceptions=True)
            assert [getattr(end, "code", None) for end in ends] == ["connector.unavailable"] * 2
            server.start()
        await client.close()


async def test_acknowledgement_without_a_connection_fails_and_the_message_comes_again(tmp_path: Path) -> None:
    with own_server(tmp_path) as server:
        client = client_at(server.url)
        async with stream(client, "kept") as name:
            reader = Consumer(name, "reader", ack_wait=1)
            await client.store("kept", b"1", {})
            async with client.consumed(reader, 1) as arrivals:
                arrival = await anext(arrivals)
                server.kill()
                for failing in (anext(arrivals), arrival.accept()):
                    with pytest.raises(FlowError):
                        await failing
            server.start()
            async with client.consumed(reader, 1) as arrivals:
                again = await anext(arrivals)
                assert (again.body, again.redelivered) == (b"1", True)
                await again.accept()
        await client.close()


async def test_subject_that_no_stream_keeps() -> None:
    async with real_client() as client:
        with pytest.raises(FlowError) as caught:
            await client.store(unique(), b"", {})
    assert caught.value.code == "connector.nats.stream"


async def test_consumer_of_a_stream_that_is_not_there() -> None:
    async with real_client() as client:
        with pytest.raises(FlowError) as caught:
            async with client.consumed(Consumer(unique(), "reader"), 1):
                pass
    assert caught.value.code == "connector.nats.stream"


async def test_listening_ends_with_the_consumer() -> None:
    subject = unique()
    async with (
        real_client() as client,
        stream(client, subject) as name,
        client.consumed(Consumer(name, "reader"), 1) as arrivals,
    ):
        waiting = asyncio.ensure_future(anext(arrivals))
        jetstream = (await client.session()).jetstream._jsm
        while not (await jetstream.consumer_info(name, "reader")).num_waiting:
            pass
        await jetstream.delete_consumer(name, "reader")
        with pytest.raises(FlowError):
            await waiting


async def test_message_that_is_too_large() -> None:
    async with real_client() as client:
        session = await client.session()
        with pytest.raises(FlowError) as caught:
            await client.send("large", bytes(session.nats.max_payload + 1), {})
    assert caught.value.code == "connector.failed"


async def test_client_that_is_closed_stays_so() -> None:
    async with real_client() as client:
        await client.check()
        await client.close()
        with pytest.raises(FlowError):
            await client.check()
