"""Messages per second through `aggregate`, beside the same written by hand."""

import asyncio
import sqlite3
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, cast

import msgspec

from airdock.database import Database
from airdock.engine.pipeline import NoLog
from airdock.engine.runtime import Runtime
from airdock.request import Request
from airdock.secrets.sealing import Sealing
from airdock.server.memory import long_lived
from airdock.state import StateStore, Stores
from airdock.stores.memory import MemoryStore
from airdock.stores.sql import SqlStore
from airdock.testing import FlowClient
from benchmarks.patterns import Measured

SIZE = 10
"""Messages of a group."""
KEYS = 500
PRODUCERS = 200
"""So many send at once to a durable store, as callers of a server do."""
ROUNDS = 5

Message = dict[str, Any]
Measure = Coroutine[Any, Any, float]
Send = Callable[[Message], Awaitable[None] | None]


def in_memory() -> Measured:
    """One sender, groups in memory, by the processor's time."""
    return _row(
        "aggregate in memory",
        lambda: _airdock(MemoryStore(), 20_000, 1),
        lambda: _rate(_ByHand().send, 20_000, 1),
        "50,000/s",
    )


def durable() -> Measured:
    """Many senders, each of which waits until its message is on the disk."""
    return _row(f"aggregate on SQLite, {PRODUCERS} senders", _on_sqlite, _by_hand_on_sqlite, "5,000/s")


ROWS: tuple[Callable[[], Measured], ...] = (in_memory, durable)


def _row(what: str, own: Callable[[], Measure], by_hand: Callable[[], Measure], bar: str) -> Measured:
    own_rate, hand_rate = (median(asyncio.run(measure()) for _ in range(ROUNDS)) for measure in (own, by_hand))
    return Measured(f"{what}, messages", f"{own_rate:,.0f}/s", f"{hand_rate:,.0f}/s", bar)


async def _on_sqlite() -> float:
    with TemporaryDirectory() as home:
        store = SqlStore(Database(Path(home)), Sealing(Path(home), "", purpose="state"))
        try:
            return await _airdock(store, 10_000, PRODUCERS)
        finally:
            store.stop()


async def _by_hand_on_sqlite() -> float:
    with TemporaryDirectory() as home:
        groups = _DurableByHand(Path(home) / "groups.db")
        return await _rate(groups.send, 10_000, PRODUCERS)


async def _airdock(store: StateStore, count: int, producers: int) -> float:
    step = {
        "type": "aggregate",
        "correlation": "body.key",
        "completionSize": SIZE,
        "completionTimeout": "1h",
        "steps": [{"type": "set", "properties": {"a": "b"}}],
    }
    # As a server does with what it has when it begins to serve.
    with long_lived():
        client = _client({"steps": [step]}, store)
    pipeline = client.agent.flows["f.flow"]
    pipeline._log = _Kept()
    client.agent.begin_duties()

    def send(message: Message) -> Awaitable[None] | None:
        exchange = pipeline.exchange(Request())
        exchange.body = message
        return pipeline.run(exchange, lambda exchange: None)

    rate = await _rate(send, count, producers)
    await client.settle()
    await client.close()
    return rate


def _client(flow: dict[str, Any], store: StateStore) -> FlowClient:
    with TemporaryDirectory() as folder:
        Path(folder, "f.flow").write_bytes(msgspec.json.encode(flow))
        return FlowClient(folder, runtime=Runtime(stores=Stores(store, store)))


async def _rate(send: Send, count: int, producers: int) -> float:
    async def produce(first: int) -> None:
        for number in range(first, count, producers):
            pending = send({"key": f"order-{number % KEYS}", "number": number, "text": "x" * 40, "price": 12.5})
            if pending is not None:
                await pending

    clock = time.process_time if producers == 1 else time.perf_counter
    start = clock()
    await asyncio.gather(*(produce(first) for first in range(producers)))
    return count / (clock() - start)


class _Kept(NoLog):
    keep_trail = True


class _ByHand:
    """Groups in a dict; a complete one is handled in a task of its own."""

    def __init__(self) -> None:
        self.groups: dict[str, list[bytes]] = defaultdict(list)
        self.due: dict[str, float] = {}
        self.tasks: set[asyncio.Task[None]] = set()

    async def send(self, message: Message) -> None:
        key = message["key"]
        group = self.groups[key]
        group.append(msgspec.msgpack.encode(message))
        self.due[key] = time.time() + 3600
        if len(group) >= SIZE:
            del self.groups[key], self.due[key]
            self.handle(group)

    def handle(self, group: list[bytes]) -> None:
        task = asyncio.get_running_loop().create_task(self._handle(group))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _handle(self, group: list[bytes]) -> None:
        properties = {"body": [msgspec.msgpack.decode(item) for item in group]}
        properties["a"] = cast(Any, "b")


class _DurableByHand(_ByHand):
    """The same with each message in a table; what waits meanwhile is written in one transaction, in a thread."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.database.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
            "CREATE TABLE items (id INTEGER PRIMARY KEY, key TEXT, item BLOB);"
            "CREATE TABLE groups (key TEXT PRIMARY KEY, size INTEGER, due REAL);"
        )
        self.waiting: list[tuple[str, bytes, asyncio.Future[list[bytes] | None]]] = []
        self.writing = False

    async def send(self, message: Message) -> None:
        written: asyncio.Future[list[bytes] | None] = asyncio.get_running_loop().create_future()
        self.waiting.append((message["key"], msgspec.msgpack.encode(message), written))
        if not self.writing:
            self.writing = True
            self.handle_batches()
        group = await written
        if group is not None:
            self.handle(group)

    def handle_batches(self) -> None:
        task = asyncio.get_running_loop().create_task(self._batches())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _batches(self) -> None:
        while self.waiting:
            batch, self.waiting = self.waiting, []
            groups = await asyncio.to_thread(self._write, batch)
            for (_, _, written), group in zip(batch, groups, strict=True):
                written.set_result(group)
        self.writing = False

    def _write(self, batch: list[tuple[str, bytes, Any]]) -> list[list[bytes] | None]:
        database = self.database
        groups: list[list[bytes] | None] = []
        database.execute("BEGIN IMMEDIATE")
        for key, item, _ in batch:
            database.execute("INSERT INTO items (key, item) VALUES (?, ?)", (key, item))
            ((size,),) = database.execute(
                "INSERT INTO groups VALUES (?, 1, ?) ON CONFLICT (key)"
                " DO UPDATE SET size = size + 1, due = excluded.due RETURNING size",
                (key, time.time() + 3600),
            ).fetchall()
            groups.append(self._close(key) if size >= SIZE else None)
        database.execute("COMMIT")
        return groups

    def _close(self, key: str) -> list[bytes]:
        items = [row[0] for row in self.database.execute("SELECT item FROM items WHERE key = ? ORDER BY id", (key,))]
        self.database.execute("DELETE FROM items WHERE key = ?", (key,))
        self.database.execute("DELETE FROM groups WHERE key = ?", (key,))
        return items
