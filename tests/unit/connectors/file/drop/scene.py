"""Listeners of a folder, with the engine around them, in virtual time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from airdock.connectors.file.fake import FakeFiles
from airdock.connectors.file.paths import Files, Found, Scan
from airdock.connectors.file.trigger import FileTrigger
from airdock.engine.clock import LoopClock
from airdock.engine.pipeline import Pipeline
from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import compile_expression, compile_template
from airdock.spec.descriptors import Batch, Listener, Redelivery
from airdock.spec.flow import Flow
from airdock.state import StateStore, Stores
from airdock.stores.memory import MemoryStore
from airdock.testing.virtual import VirtualClock, run_virtually
from airdock.triggers.activity import Activity
from airdock.triggers.listener import Listeners, ListenerState
from tests.unit.triggers.listener.letters import MemoryLetters

NAME = "shop/orders.listener"

Work = Callable[[Exchange], Awaitable[None] | None]


def play(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    run_virtually(scene, longest=20.0)


def trigger(**fields: Any) -> FileTrigger:
    """The trigger of a folder, its texts and expressions written as in a descriptor."""
    for name in ("done_file", "move", "move_failed"):
        if name in fields:
            fields[name] = compile_template(fields[name])
    if "key" in fields:
        fields["key"] = compile_expression(fields["key"])
    return FileTrigger(connection="shop/drop.connection", **fields)


class Troubled(FakeFiles):
    """Files in memory that can be made to fail.

    Attributes:
        fails: What fails, by the name of the method, and with which code. moves: How often one was asked for.
        slow: Seconds that a move takes. hidden: Extra paths that a scan gives.
    """

    def __init__(self) -> None:
        super().__init__()
        self.fails: dict[str, str] = {}
        self.moves = 0
        self.slow = 0.0
        self.hidden: list[str] = []

    def _check(self, method: str) -> None:
        if method in self.fails:
            raise FlowError(self.fails[method], f"{method} fails")

    async def check(self) -> None:
        self._check("check")

    async def scan(self, folder: str, most: int) -> Scan:
        self._check("scan")
        scan = await super().scan(folder, most)
        return scan._replace(files=[*scan.files, *(Found(path, 1, 1.0) for path in self.hidden)])

    async def read(self, path: str, offset: int, size: int) -> bytes:
        self._check("read")
        self._check(f"read {path}")
        return await super().read(path, offset, size)

    async def move(self, path: str, to: str, overwrite: bool) -> None:
        self.moves += 1
        self._check("move")
        self._check(f"move {path}")
        await asyncio.sleep(self.slow)
        await super().move(path, to, overwrite)

    def put(self, path: str, content: bytes | str = b"x") -> None:
        """Somebody else puts a file there."""
        self._put(path, content.encode() if isinstance(content, str) else content)

    @property
    def paths(self) -> list[str]:
        return sorted(self.files)


class AwayStore(MemoryStore):
    """A store that can be away."""

    away = False

    async def add(self, *args: Any, **fields: Any) -> int:
        if self.away:
            raise FlowError("state.unavailable", "the store is away")
        return await super().add(*args, **fields)

    async def put(self, *args: Any, **fields: Any) -> None:
        if self.away:
            raise FlowError("state.unavailable", "the store is away")
        await super().put(*args, **fields)


class FixedLink:
    """A connection that is always the same one."""

    path = "shop/drop.connection"

    def __init__(self, files: Files) -> None:
        self._files = files
        self.connection = None

    @asynccontextmanager
    async def use(self) -> AsyncIterator[Files]:
        yield self._files


class Around:
    """What a trigger finds around it; see `airdock.spec.trigger.Listening`."""

    def __init__(self, files: Files, store: StateStore, clock: LoopClock, name: str) -> None:
        self.name = name
        self.clock = clock
        self.stores = Stores(MemoryStore(), store)
        self._link = FixedLink(files)

    def connection(self, path: str, kinds: object, place: object) -> FixedLink:
        return self._link


class Node:
    """A process with one listener of a folder.

    Attributes:
        runs: The paths of files with which a run began, and the times. exchanges: Of the runs. works: Does their work.
    """

    def __init__(
        self,
        files: Files,
        params: FileTrigger,
        store: StateStore,
        letters: MemoryLetters,
        clock: LoopClock,
        name: str = NAME,
        **fields: Any,
    ) -> None:
        self.runs: list[tuple[str, float]] = []
        self.exchanges: list[Exchange] = []
        self.works: Work = lambda exchange: None
        self._clock = clock
        if "batch" in fields:
            fields["batch"] = Batch(**fields["batch"])
        redelivery = Redelivery(**fields.pop("redelivery", {}))
        model = Listener(trigger="file", params=params, steps=[], redelivery=redelivery, **fields)
        flow = Flow(steps=[])
        flow.file = name
        self._activity = Activity(name, model, Pipeline(flow, "shop", self._run, self._run))
        around = Around(files, store, clock, name)
        self.listeners = Listeners(lambda activity: around, letters, clock, around.stores)  # type: ignore[arg-type, return-value]

    def begin(self) -> None:
        self.listeners.switch([self._activity])

    async def stop(self) -> None:
        await self.listeners.stop(1)

    async def _run(self, exchange: Exchange) -> None:
        message = exchange.properties["message"]
        self.runs.append((message.get("path", ""), self._clock.monotonic()))
        self.exchanges.append(exchange)
        pending = self.works(exchange)
        if pending is not None:
            await pending

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.runs]

    @property
    def state(self) -> ListenerState:
        return self.listeners.states()[0]


class Scene:
    """A folder in memory, and nodes that listen to it."""

    def __init__(self, **params: Any) -> None:
        self.files = Troubled()
        self.store = AwayStore()
        self.letters = MemoryLetters()
        self.clock = VirtualClock()
        self._params = params

    def node(self, **fields: Any) -> Node:
        node = Node(self.files, trigger(**self._params), self.store, self.letters, self.clock, **fields)
        node.begin()
        return node


async def until(condition: Callable[[], object], seconds: float = 3600.0) -> None:
    """Waits until something is so."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 -- it takes no time where time is virtual
            await asyncio.sleep(0.01)


def fails(code: str = "shop.closed") -> Work:
    """A work that always fails."""

    def work(exchange: Exchange) -> None:
        raise FlowError(code, "it cannot be done")

    return work


def lasts(seconds: float) -> Work:
    """A work that takes so long."""
    return lambda exchange: asyncio.sleep(seconds)
