"""A listener on a broker in memory, in virtual time."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from airdock.engine.pipeline import Pipeline
from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.spec.descriptors import Batch, Listener, Redelivery
from airdock.spec.flow import Flow
from airdock.state import StateStore, Stores
from airdock.stores.memory import MemoryStore
from airdock.testing.virtual import VirtualClock, run_virtually
from airdock.triggers.activity import Activity
from airdock.triggers.listener import Listeners, ListenerState
from tests.unit.triggers.listener.broker import Broker, BrokerTrigger
from tests.unit.triggers.listener.letters import MemoryLetters

NAME = "shop/orders.listener"

Work = Callable[[Exchange], Awaitable[None] | None]


class Scene:
    """A process with one listener.

    Attributes:
        runs: The bodies with which a run began, and the times, in order. going, most: Runs that go on, and that went on
            at once. works: Does the work of a run; replaced by tests.
    """

    def __init__(self, broker: Broker | None = None, store: StateStore | None = None, **fields: Any) -> None:
        self.broker = broker or Broker()
        self.letters = MemoryLetters()
        self.store = store or MemoryStore()
        self.clock = VirtualClock()
        self.runs: list[tuple[Any, float]] = []
        self.exchanges: list[Exchange] = []
        self.going = self.most = 0
        self.works: Work = lambda exchange: None
        self.listeners = self.process()
        self.activity = self.listener(**fields)

    def process(self) -> Listeners:
        """Another process, with the same store, as after a restart."""
        self.listeners = Listeners(lambda activity: None, self.letters, self.clock, Stores(MemoryStore(), self.store))  # type: ignore[arg-type, return-value]
        return self.listeners

    def listener(self, name: str = NAME, **fields: Any) -> Activity[Listener]:
        """A new version of the listener."""
        params = BrokerTrigger()
        params.broker = self.broker
        if "batch" in fields:
            fields["batch"] = Batch(**fields["batch"])
        if "redelivery" in fields:
            fields["redelivery"] = Redelivery(**fields["redelivery"])
        model = Listener(trigger="memory", params=params, steps=[], **fields)
        flow = Flow(steps=[])
        flow.file = name
        return Activity(name, model, Pipeline(flow, "shop", self._run, self._run))

    def begin(self) -> None:
        self.listeners.switch([self.activity])

    async def _run(self, exchange: Exchange) -> None:
        self.runs.append((exchange.body, self.now))
        self.exchanges.append(exchange)
        self.going += 1
        self.most = max(self.most, self.going)
        try:
            pending = self.works(exchange)
            if pending is not None:
                await pending
        finally:
            self.going -= 1

    @property
    def now(self) -> float:
        """Seconds since the loop began."""
        return self.clock.monotonic()

    @property
    def bodies(self) -> list[Any]:
        return [body for body, _ in self.runs]

    @property
    def state(self) -> ListenerState:
        return self.listeners.states()[0]

    async def until(self, condition: Callable[[], object], seconds: float = 3600.0) -> None:
        """Waits until something is so."""
        async with asyncio.timeout(seconds):
            while not condition():  # noqa: ASYNC110 -- it takes no time
                await asyncio.sleep(0.01)


def fails(code: str = "shop.closed", **details: Any) -> Work:
    """A work that always fails."""

    def work(exchange: Exchange) -> None:
        raise FlowError(code, "it cannot be done", details=details)

    return work


def lasts(seconds: float) -> Work:
    """A work that takes so long."""
    return lambda exchange: asyncio.sleep(seconds)


def play(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Plays a scene in virtual time."""
    run_virtually(scene, longest=20.0)
