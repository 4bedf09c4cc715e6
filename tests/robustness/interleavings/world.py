"""Processes that share a store, live in virtual time, and may die at any moment."""

import asyncio
import contextlib
import json
from collections import defaultdict
from functools import cache
from pathlib import PurePath
from random import Random
from typing import Any, NamedTuple, cast

from airdock.builtin import catalogue
from airdock.compiler import compile_flow
from airdock.copying import copy_value
from airdock.descriptor.reader import Reader
from airdock.engine.pipeline import NoLog
from airdock.engine.runtime import Runtime
from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.request import Request
from airdock.spec.flow import Flow
from airdock.spec.step import Compiled, ProducingStep
from airdock.state import StateStore, Stores
from airdock.stores.memory import MemoryStore
from airdock.testing.virtual import VirtualClock

LONGEST_PAUSE = 0.2


def effect(name: str) -> dict[str, Any]:
    """A step with an effect that is seen outside, in `World.effects`."""
    return {"type": "python", "module": f"/p/{name}.py"}


DONE = effect("done")


class Effect(NamedTuple):
    """What a step did, with which message and when."""

    name: str
    body: Any
    properties: dict[str, Any]
    at: float


_OF_A_KEY = frozenset(("get", "add", "put", "replace", "remove", "append", "items", "close"))


class UnsteadyStore:
    """A store that takes its time in front of each effect and behind it, and that may fail there.

    Calls for one key keep their order, as the contract of stores says.
    """

    def __init__(self, store: StateStore, random: Random, faults: float) -> None:
        """`faults`: the share of calls that fail, in front of the effect or behind it."""
        self._store = store
        self._random = random
        self.faults = faults
        self._turns: dict[Any, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.dead = False

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)

        async def call(space: str, *args: Any, **options: Any) -> Any:
            ordered = self._turns[space, args[0]] if name in _OF_A_KEY else contextlib.nullcontext()
            async with ordered:
                await self._pass()
                result = await method(space, *args, **options)
            await self._pass()
            return result

        return call

    async def _pass(self) -> None:
        chance = self._random.random()
        if chance < 0.2:
            await asyncio.sleep(self._random.uniform(0, LONGEST_PAUSE))
        elif chance < 0.6:
            await asyncio.sleep(0)
        if self.dead or self._random.random() < self.faults / 2:
            raise FlowError("state.unavailable", "the store cannot be reached")


class Process:
    """A process that serves one flow.

    Attributes:
        store: As it has it. ended: The runs that ended while it lived, in order, with their errors.
    """

    def __init__(self, world: "World", faults: float) -> None:
        self.store = UnsteadyStore(world.store, world.random, faults)
        self.ended: list[tuple[Exchange, FlowError | None]] = []
        memory = cast(StateStore, UnsteadyStore(MemoryStore(), world.random, 0.0))
        stores = Stores(memory, cast(StateStore, self.store))
        self._runtime = Runtime(clock=VirtualClock(), stores=stores)
        self._pipeline = compile_flow(world.flow, "p", _Alone(self, world), runtime=self._runtime, log=_Log(self))
        self._calls: set[asyncio.Task[FlowError | None]] = set()
        self._runtime.background.keep(self._pipeline.duties)

    @property
    def alive(self) -> bool:
        return not self.store.dead

    def send(self, body: Any) -> "asyncio.Task[FlowError | None]":
        """Runs the flow with a message; the task gives the error that ended it. It may be cancelled, as callers go."""
        task = asyncio.get_running_loop().create_task(self._run(body))
        self._calls.add(task)
        return task

    async def _run(self, body: Any) -> FlowError | None:
        exchange = self._pipeline.exchange(Request())
        exchange.body = body
        try:
            pending = self._pipeline.run(exchange, _no_answer)
            if pending is not None:
                await pending
        except FlowError as error:
            return error
        return None

    async def die(self) -> None:
        """Ends at once, as by `kill -9`: nothing of it has any effect from now on."""
        self.store.dead = True
        for call in self._calls:
            call.cancel()
        await self._runtime.background.stop()
        await asyncio.gather(*self._calls, return_exceptions=True)

    async def stop(self) -> None:
        """Ends in good order: runs are waited for."""
        await self._runtime.background.settle()
        await self.die()


class World:
    """A flow of some steps, the store, and the processes that there were.

    Attributes:
        effects: Of processes while they lived, in order.
    """

    def __init__(self, random: Random, steps: list[Any], *, faults: float = 0.0, **fields: Any) -> None:
        self.random = random
        self.store = MemoryStore()
        self.processes: list[Process] = []
        self._faults = faults
        self.effects: list[Effect] = []
        self.flow = _read(json.dumps({"steps": steps, **fields}))

    def process(self) -> Process:
        """One more process."""
        process = Process(self, self._faults)
        self.processes.append(process)
        return process

    def any_process(self) -> Process:
        """One of those that are alive; a new one where there is none."""
        alive = [process for process in self.processes if process.alive]
        return self.random.choice(alive) if alive else self.process()

    async def pause(self, longest: float) -> None:
        """A random time, which may be none."""
        if self.random.random() < 0.7:
            await asyncio.sleep(self.random.uniform(0, longest))

    async def die(self) -> None:
        """One of the processes dies; another may take its place later."""
        await self.any_process().die()

    async def end(self, seconds: float) -> None:
        """Lets what goes on by itself come to its end in a process that is alive, then stops all in good order."""
        self._faults = 0.0
        for process in self.processes:
            process.store.faults = 0.0
        self.any_process()
        await asyncio.sleep(seconds)
        for process in self.processes:
            await process.stop()

    @property
    def done(self) -> list[Any]:
        """Bodies with which `DONE` was run."""
        return [effect.body for effect in self.effects if effect.name == "done"]

    @property
    def deaths(self) -> int:
        """How many processes died, or were stopped."""
        return sum(not process.alive for process in self.processes)

    @property
    def ended(self) -> list[tuple[Exchange, FlowError | None]]:
        """The runs that ended, of all processes, while these lived."""
        return [run for process in self.processes for run in process.ended]


class _Log(NoLog):
    def __init__(self, process: Process) -> None:
        self._process = process

    def ended(self, exchange: Exchange, started_ns: int, error: FlowError | None) -> None:
        if self._process.alive:
            self._process.ended.append((exchange, error))


class _Alone:
    """No other flows, and effects for scripts."""

    def __init__(self, process: Process, world: World) -> None:
        self._process = process
        self._world = world

    def has_flow(self, path: str) -> bool:
        return False

    def flow_key(self, path: str) -> str:
        return path

    def connection(self, path: str) -> None:
        return None

    def meant(self, path: str) -> str:
        return ""

    def script(self, language: str, module: str, function: str, step: ProducingStep) -> Compiled:
        name = PurePath(module).stem

        def note(exchange: Exchange) -> None:
            if self._process.alive:
                body, properties = copy_value(exchange.body), copy_value(exchange.properties)
                at = asyncio.get_running_loop().time()
                self._world.effects.append(Effect(name, body, properties, at))

        return note

    def file(self, path: str) -> bytes | None:
        return None


@cache
def _read(text: str) -> Flow:
    flow = Reader(catalogue()).read("flow", text, "p/f.flow")
    flow.file = "p/f.flow"
    return flow


def _no_answer(exchange: Exchange) -> None:
    """Nobody waits for one."""
