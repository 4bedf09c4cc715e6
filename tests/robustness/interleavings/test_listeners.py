"""Whatever happens when: nothing is lost, nothing is accepted too early, each key keeps its order, delays hold."""

import asyncio
from collections import Counter
from random import Random
from typing import Any, cast

import pytest

from airdock.deadletters import DeadLetters
from airdock.engine.pipeline import Pipeline
from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.spec.descriptors import Batch, Listener, Redelivery
from airdock.spec.flow import Flow
from airdock.state import StateStore, Stores
from airdock.stores.memory import MemoryStore
from airdock.testing.virtual import VirtualClock
from airdock.triggers.activity import Activity
from airdock.triggers.listener import Listeners
from airdock.triggers.listener.records import Records
from tests.robustness.interleavings.shuffled import explore
from tests.robustness.interleavings.world import UnsteadyStore
from tests.unit.triggers.listener.broker import Broker, BrokerTrigger, Message
from tests.unit.triggers.listener.letters import MemoryLetters

NAME = "p/l.listener"
ATTEMPTS = 3


class Process:
    """A process with the listener; when it is dead nothing of it has an effect."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.store = UnsteadyStore(world.store, world.random, world.faults)
        self.letters = UnsteadyStore(cast(StateStore, world.letters), world.random, world.faults)
        stores = Stores(MemoryStore(), cast(StateStore, self.store))
        letters = cast(DeadLetters, self.letters)
        self.listeners = Listeners(lambda activity: None, letters, VirtualClock(), stores)  # type: ignore[arg-type, return-value]
        self.switch()

    def switch(self) -> None:
        """A new version of the listener."""
        world = self.world
        params = BrokerTrigger()
        params.broker = world.broker
        model = Listener(trigger="memory", params=params, steps=[], **world.fields)
        flow = Flow(steps=[])
        flow.file = NAME
        self.listeners.switch([Activity(NAME, model, Pipeline(flow, "p", self._run, self._run))])

    async def _run(self, exchange: Exchange) -> None:
        body = exchange.body
        works = body if isinstance(body, list) else [body]
        if not self.store.dead:
            for work in works:
                await self.world.began(work, works)
        await asyncio.sleep(self.world.random.choice([0, 0, 0.1, 1.0]))
        if self.store.dead:
            # It never ends, until it is cut off.
            await asyncio.Event().wait()
        failing = [work for work in works if self.world.fails(work)]
        if failing:
            raise FlowError("shop.closed", "it is closed")
        for work in works:
            self.world.succeeded[work["n"]] += 1

    async def die(self) -> None:
        """At once, as by `kill -9`."""
        self.store.dead = self.letters.dead = True
        self.world.broker.cut()
        await self.listeners.stop(0)


class World:
    """A broker, what is kept durably, and the messages that were sent."""

    def __init__(
        self, random: Random, *, faults: float, idempotent: bool = False, batch: bool = False, once: bool = False
    ) -> None:
        """`once`: the broker cannot give again what it gave."""
        self.random = random
        self.once = once
        self.faults = faults
        self.store = MemoryStore()
        self.letters = MemoryLetters()
        self.broker = Watched(self)
        self.succeeded: Counter[int] = Counter()
        self.sent: list[Message] = []
        self.deaths = 0
        self.broken: list[str] = []
        self.records = Records(NAME, self.store, VirtualClock())
        self.fields: dict[str, Any] = {
            "concurrency": random.choice([1, 1, 3]),
            "prefetch": random.choice([1, 2, 6]),
            "idempotent": idempotent,
            "redelivery": Redelivery(attempts=ATTEMPTS, delay=2.0),
        }
        if batch:
            self.fields["batch"] = Batch(size=3, wait=0.5)

    def send(self) -> None:
        n = len(self.sent)
        key = self.random.choice("abc")
        trouble = self.random.choice([0, 0, 0, 1, 2, ATTEMPTS])
        self.sent.append(
            self.broker.send({"n": n, "key": key, "trouble": trouble}, id=f"m{n}", key=key, once=self.once)
        )

    def fails(self, work: dict[str, Any]) -> bool:
        message = self.sent[work["n"]]
        if message.body["trouble"] <= 0:
            return False
        message.body["trouble"] -= 1
        return True

    async def began(self, work: dict[str, Any], beside: list[dict[str, Any]]) -> None:
        """Checks what must hold when a run begins with a message and those beside it."""
        record = await self.records.find(f"m{work['n']}")
        self.check(record is None or record.due <= VirtualClock().now() + 1e-6, "it begins before its delay")
        together = {each["n"] for each in beside}
        before = [each.body for each in self.sent[: work["n"]] if each.body["key"] == work["key"]]
        before = [each for each in before if each["n"] not in together]
        self.check(all(self.is_settled(each["n"]) for each in before), "a later one of the key overtakes")

    def check(self, holds: bool, otherwise: str) -> None:
        """What raised here would only fail a run."""
        if not holds:
            self.broken.append(otherwise)

    def is_settled(self, n: int) -> bool:
        """Whether a message was worked off, or lies in the dead letters."""
        return self.succeeded[n] > 0 or any(letter.content.body["n"] == n for letter in self.letters.letters.values())

    async def end(self) -> None:
        """A healthy process works off what is left."""
        self.faults = 0.0
        self.broker.come_back()
        process = Process(self)
        async with asyncio.timeout(3600):
            while self.broker.left:  # noqa: ASYNC110 -- it takes no time
                await asyncio.sleep(1)
        await process.listeners.stop(60)
        assert all(self.is_settled(n) for n in range(len(self.sent))), "a message is lost"
        assert not self.broken


class Watched(Broker):
    """A broker that looks whether what is accepted was worked off."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def accepted(self, message: Message) -> None:
        self._world.check(self._world.is_settled(message.body["n"]), "it is accepted before it was worked off")


async def live(random: Random, world: World) -> None:
    """A life with all that may happen."""
    process = Process(world)
    for _ in range(12):
        for _ in range(random.randint(0, 3)):
            world.send()
        await asyncio.sleep(random.uniform(0, 4) if random.random() < 0.8 else 0)
        what = random.choice(["cut", "away", "stop", "kill", "switch", "pause", "nothing", "nothing"])
        if what == "cut":
            world.broker.cut()
        elif what == "away":
            world.broker.leave()
            await asyncio.sleep(random.uniform(0, 5))
            world.broker.come_back()
        elif what == "switch":
            process.switch()
        elif what == "pause":
            process.listeners.hold([NAME])
            await asyncio.sleep(random.uniform(0, 2))
            process.listeners.hold([])
        elif what in ("stop", "kill"):
            await (process.die() if what == "kill" else process.listeners.stop(random.choice([0.0, 30.0])))
            world.deaths += 1
            process = Process(world)
    await process.listeners.stop(30)
    await world.end()


@pytest.mark.slow
@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize("faults", [0.0, 0.2])
def test_nothing_is_lost_and_nothing_too_early(batch: bool, faults: float) -> None:
    async def scene(random: Random) -> None:
        await live(random, World(random, faults=faults, batch=batch))

    explore(scene, seeds=300, seconds=3)


@pytest.mark.slow
def test_once_unless_a_process_ends() -> None:
    async def scene(random: Random) -> None:
        world = World(random, faults=0.0, idempotent=True)
        await live(random, world)
        assert all(count <= 1 + world.deaths for count in world.succeeded.values())

    explore(scene, seeds=300, seconds=3)


@pytest.mark.slow
@pytest.mark.parametrize("batch", [False, True])
def test_what_cannot_come_again_outlives_its_connection(batch: bool) -> None:
    async def scene(random: Random) -> None:
        world = World(random, faults=0.2, batch=batch, once=True)
        process = Process(world)
        for _ in range(12):
            for _ in range(random.randint(0, 3)):
                world.send()
            await asyncio.sleep(random.uniform(0, 4) if random.random() < 0.8 else 0)
            if random.random() < 0.5:
                world.broker.leave()
                await asyncio.sleep(random.uniform(0, 5))
                world.broker.come_back()
        process.store.faults = process.letters.faults = 0.0
        async with asyncio.timeout(3600):
            while not all(world.is_settled(n) for n in range(len(world.sent))):  # noqa: ASYNC110 -- it takes no time
                await asyncio.sleep(1)
        await process.listeners.stop(60)
        assert all(message.deliveries == 1 for message in world.sent)
        assert all(count <= 1 for count in world.succeeded.values()), "one runs twice"
        assert not world.broken

    explore(scene, seeds=200, seconds=2)
