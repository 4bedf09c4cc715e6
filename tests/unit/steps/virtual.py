"""Flows in virtual time, in one process or several that share a store."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from airdock.engine.runtime import Runtime
from airdock.state import StateStore, Stores
from airdock.stores.memory import MemoryStore
from airdock.testing import FlowClient
from airdock.testing.virtual import VirtualClock, run_virtually
from tests.unit.flows import Flows

Value = TypeVar("Value")


def process(flows: Flows, store: StateStore) -> FlowClient:
    """The flows as one of the processes that share the store has them."""
    return FlowClient(flows.folder, runtime=Runtime(clock=VirtualClock(), stores=Stores(MemoryStore(), store)))


def play(flows: Flows, scene: Callable[[FlowClient], Coroutine[Any, Any, Value]]) -> Value:
    """Runs a scene with one process, which is then stopped as a server is."""

    async def main() -> Value:
        client = process(flows, MemoryStore())
        try:
            return await scene(client)
        finally:
            await client.settle()
            await client.close()

    return run_virtually(main)


async def died(client: FlowClient) -> None:
    """Ends a process at once: what it runs is cut off."""
    await client.close()
    await asyncio.sleep(0)
