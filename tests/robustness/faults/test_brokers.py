"""Brokers are killed, cut off and slowed down while messages flow: nothing that they took is lost."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.robustness.faults import servers
from tests.robustness.faults.plant import SPOILED, Plant
from tests.service.proxy import Proxy

pytestmark = [pytest.mark.slow, pytest.mark.services]


class Kind(NamedTuple):
    """A kind of broker: its server, and what a flow and a listener say of it.

    Attributes:
        keeps: It has on disk what it took when it is killed.
    """

    server: Callable[[Path], Any]
    params: dict[str, Any]
    publish: dict[str, Any]
    keeps: bool = True


KINDS = {
    "redis": Kind(servers.redis, {"queue": "orders", "redeliverAfter": "1s"}, {"queue": "orders"}),
    "nats": Kind(servers.nats, {"stream": "ORDERS", "subject": "orders", "ackWait": "2s"}, {"topic": "orders"}),
    "rabbitmq": Kind(servers.rabbitmq, {"queue": "orders"}, {"queue": "orders"}),
    "mqtt": Kind(servers.mosquitto, {"topics": ["orders"]}, {"topic": "orders"}, keeps=False),
}


SCHEMES = {"rabbitmq": "amqp"}


def plant(folder: Path, kind: str, port: int) -> Plant:
    address = f"{SCHEMES.get(kind, kind)}://127.0.0.1:{port}"
    fields = {"servers": [address], "jetstream": True} if kind == "nats" else {"url": address}
    return Plant(folder, {"type": kind, **fields}, KINDS[kind].params, KINDS[kind].publish)


async def prepared(kind: str, port: int) -> None:
    """Makes what a broker needs beforehand."""
    if kind == "nats":
        import nats

        client = await nats.connect(f"nats://127.0.0.1:{port}")
        await client.jetstream().add_stream(name="ORDERS", subjects=["orders"])
        await client.close()


async def flowing(plant: Plant, harm: Callable[[], Any], mend: Callable[[], Any], noticed: bool = True) -> None:
    """Messages flow, harm is done and mended, and messages flow again."""
    await plant.until(lambda: plant.state == "listening", "it listens")
    stop = asyncio.Event()
    sending = asyncio.create_task(plant.send(stop))
    await plant.until(lambda: len(plant.processed) > 10, "some are worked off")
    await asyncio.to_thread(harm)
    if noticed:
        await plant.until(lambda: plant.state == "reconnecting", "the listener says that its broker is away")
        await plant.until(lambda: plant.link == "failing", "the connection says so, too")
    await asyncio.to_thread(mend)
    await plant.until(lambda: plant.state == "listening" and plant.link == "open", "all is well again")
    before = len(plant.taken)
    await plant.until(lambda: len(plant.taken) > before + 10, "more are taken")
    stop.set()
    await sending


def assert_all_is_well(plant: Plant) -> None:
    assert not plant.missing
    spoiled = {number for number in plant.taken if number % SPOILED == 0}
    assert spoiled <= plant.dead
    assert not any(number % SPOILED == 0 for number in plant.processed)
    # Twice is allowed, for what was in work when it happened; four are at once.
    assert sum(count - 1 for count in plant.processed.values()) < len(plant.taken) / 2


@pytest.mark.parametrize("kind", KINDS)
async def test_a_broker_is_killed_and_started_again(tmp_path: Path, kind: str) -> None:
    with KINDS[kind].server(tmp_path) as server:
        await prepared(kind, server.port)
        async with plant(tmp_path, kind, server.port).running() as running:
            # Where what was taken last dies with a broker that is killed, it is stopped in order.
            await flowing(running, server.kill if KINDS[kind].keeps else server.stop, server.start)
            await running.until_worked_off()
            assert_all_is_well(running)


async def test_a_broker_that_forgets_does_not_end_its_listener(tmp_path: Path) -> None:
    with servers.mosquitto(tmp_path) as server:
        async with plant(tmp_path, "mqtt", server.port).running() as running:
            await flowing(running, server.kill, server.start)
            before = len(running.taken)
            stop = asyncio.Event()
            sending = asyncio.create_task(running.send(stop))
            await running.until(lambda: len(running.taken) > before + 5, "more are taken")
            stop.set()
            await sending
            await running.until(
                lambda: not running.missing & {*running.taken[before:]}, "what came later is worked off"
            )


@pytest.mark.parametrize("kind", KINDS)
async def test_a_connection_is_cut(tmp_path: Path, kind: str) -> None:
    with KINDS[kind].server(tmp_path) as server:
        await prepared(kind, server.port)
        proxy = Proxy("127.0.0.1", server.port)
        try:
            async with plant(tmp_path, kind, proxy.port).running() as running:
                await flowing(running, proxy.cut, proxy.restore)
                await running.until_worked_off()
                assert_all_is_well(running)
        finally:
            proxy.cut()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_connection_is_slow(tmp_path: Path, kind: str) -> None:
    with KINDS[kind].server(tmp_path) as server:
        await prepared(kind, server.port)
        proxy = Proxy("127.0.0.1", server.port)
        try:
            async with plant(tmp_path, kind, proxy.port).running() as running:

                def slow() -> None:
                    proxy.delay = 0.15

                def fast() -> None:
                    proxy.delay = 0.0

                await flowing(running, slow, fast, noticed=False)
                await running.until_worked_off()
                assert_all_is_well(running)
        finally:
            proxy.cut()
