"""Messages per second that a listener works off, acknowledged one by one, beside bare handlers of FastStream."""

import asyncio
import json
import os
import sys
import time
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import aio_pika
import nats

from benchmarks.servers import airdock, free_port

NATS = "nats://127.0.0.1:4222"
RABBITMQ = "amqp://127.0.0.1:5672"
PREFETCH = 100
"""Messages that a consumer has taken ahead."""
MESSAGES = 30_000
_BODY = json.dumps({"order": 7, "desk": "north", "lines": [{"article": "A-1", "count": 2}] * 5}).encode()
_FLOW = [{"type": "set", "properties": {"desk": "${body.desk}"}}]
_BOUND = 120.0

Left = Callable[[], Awaitable[int]]
"""How many messages wait."""


def rates(broker: str, rounds: int) -> tuple[float, float]:
    """Medians of alternating rounds: an Airdock listener's, and a FastStream handler's.

    Args:
        broker: `nats` (a stream in a file) or `rabbitmq` (a classic durable queue).
    """
    own, hand = [], []
    for _ in range(rounds):
        own.append(asyncio.run(_rate(broker, _listener(broker))))
        hand.append(asyncio.run(_rate(broker, _handler(broker))))
    return median(own), median(hand)


Command = Callable[[str, Path], list[str]]


def _handler(broker: str) -> Command:
    return lambda name, folder: [sys.executable, "-m", "benchmarks.rivals.consuming_app", broker, name]


def _listener(broker: str) -> Command:
    def command(name: str, folder: Path) -> list[str]:
        project = folder / "flows" / "p"
        project.mkdir(parents=True)
        where: dict[str, Any] = {"servers": [NATS]} if broker == "nats" else {"url": RABBITMQ}
        (project / "broker.connection").write_text(json.dumps({"type": broker, **where}))
        params = {"stream": name} if broker == "nats" else {"queue": name}
        listener = {
            "trigger": broker,
            "params": {"connection": "/p/broker.connection", **params},
            "concurrency": PREFETCH if broker == "rabbitmq" else 1,  # as the handlers have it
            "prefetch": PREFETCH,
            "steps": _FLOW,
        }
        (project / "take.listener").write_text(json.dumps(listener))
        return airdock(project.parent, free_port(), folder / "home")

    return command


async def _rate(broker: str, command: Command) -> float:
    waiting = _nats if broker == "nats" else _rabbitmq
    name = f"bench-{uuid4().hex}"
    with TemporaryDirectory() as folder:
        async with waiting(name) as left:
            variables = {**os.environ, "AIRDOCK_PRIVATE_NETWORKS": "127.0.0.1"}
            process = await asyncio.create_subprocess_exec(
                *command(name, Path(folder)), stdout=DEVNULL, stderr=DEVNULL, env=variables
            )
            try:
                return await _measured(left)
            finally:
                process.terminate()
                await process.wait()


async def _measured(left: Left) -> float:
    """Per second between the tenth that warms up and the last tenth."""
    first, last = int(MESSAGES * 0.9), int(MESSAGES * 0.1)
    begin: tuple[float, int] | None = None
    end = time.monotonic() + _BOUND
    while time.monotonic() < end:
        now, number = time.perf_counter(), await left()
        if begin is None and number <= first:
            begin = now, number
        if begin is not None and number <= last:
            return (begin[1] - number) / (now - begin[0])
        await asyncio.sleep(0.02)
    raise RuntimeError(f"{await left()} messages were not worked off within {_BOUND} s")


@asynccontextmanager
async def _nats(name: str) -> AsyncIterator[Left]:
    client = await nats.connect(NATS)
    stream = client.jetstream()
    await stream.add_stream(name=name, subjects=[name])
    try:
        for _ in range(MESSAGES // 1000):
            await asyncio.gather(*(stream.publish(name, _BODY) for _ in range(1000)))

        async def left() -> int:
            for consumer in await stream.consumers_info(name):
                return (consumer.num_pending or 0) + (consumer.num_ack_pending or 0)
            return MESSAGES

        yield left
    finally:
        await stream.delete_stream(name)
        await client.close()


@asynccontextmanager
async def _rabbitmq(name: str) -> AsyncIterator[Left]:
    connection = await aio_pika.connect(RABBITMQ)
    async with connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(name, durable=True)
        try:
            send, message = channel.default_exchange.publish, aio_pika.Message(_BODY, content_type="application/json")
            for _ in range(MESSAGES // 1000):
                await asyncio.gather(*(send(message, name) for _ in range(1000)))

            async def left() -> int:
                # Those that were given out and not acknowledged do not count; they are `PREFETCH` at most.
                return (await channel.declare_queue(name, passive=True)).declaration_result.message_count or 0

            yield left
        finally:
            await queue.delete(if_unused=False, if_empty=False)
