"""Channels of Redis: pub/sub, which keeps nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from airdock.connectors.broker.inbox import Inbox
from airdock.connectors.redis.messages import published


@asynccontextmanager
async def listening(client: Any, topics: list[str]) -> AsyncIterator[Inbox]:
    """What is published on channels, or on those that patterns mean."""
    from airdock.connectors.redis.client import told

    inbox, subscription = Inbox(), client.redis.pubsub()
    confirmed = asyncio.Event()

    async def read() -> None:
        left = len(set(topics))
        try:
            while True:
                message = await subscription.get_message(timeout=None)
                if message is None:
                    continue
                if message["type"] == "psubscribe":
                    left -= 1
                    if not left:
                        confirmed.set()
                elif message["type"] == "pmessage":
                    inbox.put(published(message))
        except Exception as error:  # noqa: BLE001 -- whatever ends it ends the listening
            inbox.break_off(told(client.name, error))
            confirmed.set()

    try:
        try:
            await subscription.psubscribe(*topics)
        except Exception as error:
            raise told(client.name, error) from error
        task = asyncio.create_task(read())
        try:
            await confirmed.wait()
            yield inbox
        finally:
            task.cancel()
            await asyncio.wait([task])
    finally:
        with suppress(Exception):
            await subscription.aclose()
