"""A process with one listener whose source is real, in real time."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from airdock.connectors.links import Links
from airdock.connectors.network import LOOPBACK, AllowedNetwork
from airdock.connectors.opened import Declared
from airdock.engine.clock import LoopClock
from airdock.engine.pipeline import Pipeline
from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.spec.connection import Connection, Secret
from airdock.spec.descriptors import Listener, Redelivery
from airdock.spec.flow import Flow
from airdock.spec.trigger import Trigger
from airdock.state import Stores
from airdock.stores.memory import MemoryStore
from airdock.triggers.activity import Activity
from airdock.triggers.listener import Listeners, ListenerState
from tests.unit.triggers.listener.letters import MemoryLetters

NAME = "p/l.listener"


class Kept:
    """What outlives a process."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.letters = MemoryLetters()


class Process:
    """A listener with its flow.

    Attributes:
        runs: The bodies with which runs began. messages: What each saw of its message. works: Does the work of a run.
    """

    def __init__(self, connection: Connection, trigger: Trigger, kept: Kept, **fields: Any) -> None:
        self.runs: list[Any] = []
        self.messages: list[Any] = []
        self.works: Callable[[Exchange], Any] = lambda exchange: None
        self._kept = kept
        self.clock = LoopClock()
        self.stores = Stores(MemoryStore(), kept.store)
        self.links = Links(self.clock, AllowedNetwork(LOOPBACK))
        self.links.switch({"p/c.connection": Declared(connection, _no_secret, lambda path: None)})
        self.listeners = Listeners(lambda activity: self, kept.letters, self.clock, self.stores)  # type: ignore[arg-type, return-value]
        fields.setdefault("redelivery", Redelivery(attempts=2, delay=0.05))
        model = Listener(trigger=trigger.trigger, params=trigger, steps=[], **fields)
        flow = Flow(steps=[])
        flow.file = NAME
        self.activity = Activity(NAME, model, Pipeline(flow, "p", self._run, self._run))
        self.name = NAME

    def connection(self, path: str, kinds: Any, place: Any) -> Any:
        return self.links.at(path)

    def declaration(self, path: str, kinds: Any, place: Any) -> Any:
        return self.links.at(path).connection

    async def _run(self, exchange: Exchange) -> None:
        self.runs.append(exchange.body)
        self.messages.append(exchange.properties["message"])
        pending = self.works(exchange)
        if pending is not None:
            await pending

    @property
    def state(self) -> ListenerState:
        return self.listeners.states()[0]

    @property
    def dead(self) -> list[tuple[Any, str]]:
        """The bodies and codes of the dead letters."""
        return [(letter.content.body, letter.death.code) for letter in self._kept.letters.letters.values()]

    async def until(self, condition: Callable[[], Any]) -> None:
        """Waits until something is so."""
        try:
            async with asyncio.timeout(20):
                while not condition():  # noqa: ASYNC110 -- what it asks has no event
                    await asyncio.sleep(0.005)
        except TimeoutError:
            raise AssertionError(f"{self.state}, {self.runs}, {self.dead}") from None


@asynccontextmanager
async def listening(
    connection: Connection, trigger: Trigger, kept: Kept | None = None, **fields: Any
) -> AsyncIterator[Process]:
    """A process that runs in the block."""
    process = Process(connection, trigger, kept or Kept(), **fields)
    process.listeners.switch([process.activity])
    try:
        yield process
    finally:
        await process.listeners.stop(5)
        await process.links.close()


def _no_secret(secret: Secret) -> str:
    raise FlowError("connector.secret", f"there is no secret {secret.secret!r}")


def failing(*bodies: Any) -> Callable[[Exchange], None]:
    """A work that fails for some."""

    def work(exchange: Exchange) -> None:
        if exchange.body in bodies:
            raise FlowError("shop.closed", "it cannot be done")

    return work
