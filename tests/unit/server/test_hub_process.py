"""The hub's own server: started on demand, killed, started again, stopped."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from airdock.connectors.hub.home import HubHome
from airdock.connectors.hub.jetstream import JetStreamHub
from airdock.connectors.hub.message import Outgoing
from airdock.connectors.hub.names import Channel
from airdock.errors import FlowError
from airdock.server.hub_binary import find_binary
from airdock.server.hub_process import HubProcess

pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(find_binary() is None, reason="no NATS server is installed for the hub"),
]

TOPIC = Channel("", "topic", "orders")
QUEUE = Channel("", "queue", "invoices")


@contextmanager
def kept(home: Path) -> Iterator[HubHome]:
    """A process keeps the hub."""
    process = HubProcess(home)
    process.start()
    try:
        yield HubHome(home)
    finally:
        process.stop()


def hub_of(home: Path, patience: float = 20) -> JetStreamHub:
    found = HubHome(home)
    return JetStreamHub(found.options, found.want, patience=patience)


def content(number: int) -> Outgoing:
    return Outgoing(b"%d" % number)


async def contents(hub: JetStreamHub, channel: Channel, count: int) -> list[bytes]:
    """What a client gets, so many different messages, and works off."""
    found: dict[bytes, None] = {}
    async with hub.listen(channel, "reader", 0.0, 100) as arrivals:
        while len(found) < count:
            arrival = await anext(arrivals)
            found[arrival.body] = None
            await arrival.accept()
    return list(found)


async def test_hub_is_started_by_the_first_message_and_not_before(tmp_path: Path) -> None:
    with kept(tmp_path) as home:
        assert home.running() is None
        hub = hub_of(tmp_path)
        await hub.send(TOPIC, content(1))
        assert home.running() is not None
        await hub.close()


async def test_hub_listens_for_those_alone_who_can_read_its_folder(tmp_path: Path) -> None:
    with kept(tmp_path) as home:
        hub = hub_of(tmp_path)
        await hub.send(TOPIC, content(1))
        running = home.running()
        assert running is not None
        assert running.url.startswith("nats://127.0.0.1:")
        assert home.file.stat().st_mode & 0o777 == 0o600
        assert home.folder.stat().st_mode & 0o777 == 0o700
        assert running.token not in repr(running)
        stranger = JetStreamHub(lambda: {"servers": [running.url]}, patience=0)
        with pytest.raises(FlowError) as caught:
            await stranger.check()
        assert caught.value.code == "connector.refused"
        await hub.close()


async def test_nothing_that_was_kept_is_lost_when_the_hub_is_killed(tmp_path: Path) -> None:
    count = 0
    with kept(tmp_path) as home:
        hub = hub_of(tmp_path)
        await hub.subscribe(TOPIC, "reader")

        async def send() -> None:
            nonlocal count
            while True:
                await hub.send(TOPIC, content(count))
                count += 1

        async def kill() -> None:
            for _ in range(2):
                before = count
                while count < before + 50:  # noqa: ASYNC110 -- what is waited for has no event
                    await asyncio.sleep(0.01)
                running = home.running()
                assert running is not None
                os.kill(running.pid, signal.SIGKILL)
                while home.running() in (running, None):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)

        sending = asyncio.ensure_future(send())
        await kill()
        sending.cancel()
        await asyncio.wait([sending])
        found = await contents(hub, TOPIC, count)
        assert set(found) >= {b"%d" % number for number in range(count)}
        await hub.close()


async def test_messages_and_positions_outlive_a_restart_of_everything(tmp_path: Path) -> None:
    with kept(tmp_path):
        hub = hub_of(tmp_path)
        await hub.subscribe(TOPIC, "reader")
        for number in range(4):
            await hub.send(TOPIC, content(number))
            await hub.send(QUEUE, content(number))
        assert await contents(hub, TOPIC, 2) == [b"0", b"1"]
        assert await contents(hub, QUEUE, 2) == [b"0", b"1"]
        await hub.close()
    with kept(tmp_path):
        hub = hub_of(tmp_path)
        assert set(await contents(hub, TOPIC, 2)) == {b"2", b"3"}
        assert set(await contents(hub, QUEUE, 2)) == {b"2", b"3"}
        await hub.close()


async def test_message_waits_for_a_hub_that_comes_up_later(tmp_path: Path) -> None:
    hub = hub_of(tmp_path)
    sending = asyncio.ensure_future(hub.send(TOPIC, content(1)))
    while not HubHome(tmp_path).wanted.exists():  # noqa: ASYNC110 -- nor has this
        await asyncio.sleep(0)
    with kept(tmp_path):
        assert (await sending).sequence == 1
        await hub.close()


async def test_message_waits_no_longer_than_its_time(tmp_path: Path) -> None:
    with pytest.raises(FlowError) as caught:
        await hub_of(tmp_path, patience=0.05).send(TOPIC, content(1))
    assert caught.value.code == "connector.unavailable"


async def test_second_server_on_one_folder_takes_the_hub_over_when_the_first_ends(tmp_path: Path) -> None:
    hub = hub_of(tmp_path)
    second = HubProcess(tmp_path)
    try:
        with kept(tmp_path) as home:
            await hub.send(TOPIC, content(1))
            first = home.running()
            second.start()
            await hub.send(TOPIC, content(2))
            assert home.running() == first
        await hub.send(TOPIC, content(3))
        assert home.running() not in (None, first)
        assert len(await hub.peek(TOPIC, None, 10)) == 3
    finally:
        await hub.close()
        second.stop()


async def test_hub_is_gone_when_it_is_stopped(tmp_path: Path) -> None:
    with kept(tmp_path) as home:
        hub = hub_of(tmp_path)
        await hub.send(TOPIC, content(1))
        running = home.running()
        assert running is not None
        await hub.close()
    assert home.running() is None
    assert not home.wanted.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(running.pid, 0)


def test_process_that_was_not_started_is_stopped(tmp_path: Path) -> None:
    HubProcess(tmp_path).stop()
    assert not (tmp_path / "hub").exists()
