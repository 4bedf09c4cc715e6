"""Bare handlers of FastStream, as its pages show them: `python -m benchmarks.rivals.consuming_app nats|rabbitmq NAME`.

A message is acknowledged when its handler has returned.
"""

import sys
from typing import Any

import uvloop
from faststream import FastStream
from faststream.nats import JStream, NatsBroker, PullSub
from faststream.rabbit import Channel, RabbitBroker

from benchmarks.consuming import NATS, PREFETCH, RABBITMQ


def main(broker: str, name: str) -> None:
    """Consumes what waits under a name until it is ended."""
    app = _nats(name) if broker == "nats" else _rabbitmq(name)
    uvloop.run(app.run())


def _nats(name: str) -> FastStream:
    broker = NatsBroker(NATS, logger=None)

    @broker.subscriber(
        name, stream=JStream(name, declare=False), durable="bench", pull_sub=PullSub(batch_size=PREFETCH)
    )
    async def handle(body: dict[str, Any]) -> None:
        assert body["desk"]

    return FastStream(broker, logger=None)


def _rabbitmq(name: str) -> FastStream:
    broker = RabbitBroker(RABBITMQ, logger=None)

    @broker.subscriber(name, channel=Channel(prefetch_count=PREFETCH))
    async def handle(body: dict[str, Any]) -> None:
        assert body["desk"]

    return FastStream(broker, logger=None)


if __name__ == "__main__":
    main(*sys.argv[1:])
