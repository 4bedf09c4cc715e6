"""What the patterns cost in this process, beside the same written by hand. One function for each row."""

import asyncio
import time
import timeit
from collections import deque
from collections.abc import Callable, Coroutine
from copy import deepcopy
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import msgspec

from airdock.database import Database
from airdock.engine.pipeline import NoLog, Pipeline
from airdock.exchange import Exchange
from airdock.request import Request
from airdock.secrets import Sealing
from airdock.stores.sql import SqlStore
from airdock.testing import FlowClient
from benchmarks import streaming

ROUNDS = 7
STEPS = 10
"""So many of a step stand in a flow, so that what a run costs by itself hardly shows."""
_numbers = count()
PLAIN = {"type": "set", "properties": {"a": "b"}}


class Measured(NamedTuple):
    """A row: what was measured, with the bar that it should stay below."""

    what: str
    own: str
    by_hand: str
    bar: str


def throttle() -> Measured:
    """A message through a throttle that has room."""
    step = {"type": "throttle", "maximumRequests": 1_000_000, "timePeriod": "1s", "steps": [PLAIN]}
    return _beside("throttle (rate), per message", step, _ThrottleByHand(1_000_000, 1.0).run, "5,000 ns")


def circuit_breaker() -> Measured:
    """A message through a closed breaker."""
    step = {"type": "circuitBreaker", "steps": [PLAIN]}
    return _beside("circuitBreaker (closed), per message", step, _BreakerByHand(100, 0.5).run, "5,000 ns")


def cache() -> Measured:
    """A message whose value is kept."""
    step = {"type": "cache", "key": "'k'", "ttl": "1h", "result": "a", "steps": [PLAIN]}
    return _beside("cache (hit), per message", step, _CacheByHand().run, "")


def split() -> Measured:
    """A list whose items each go through a plain step, as a copy of the message."""
    return _split_beside("split of 10,000 items, per item", deepcopy, "1.5 times by hand")


def split_by_shallow_copies() -> Measured:
    """The same, where by hand only the outermost object of an item is copied, so that lists in it are shared."""
    return _split_beside("  beside shallow copies by hand", dict, "")


def split_memory() -> Measured:
    """The memory of a worker that splits a million lines of a body as they arrive, 110 MB."""
    small, large = (streaming.megabytes(lines) for lines in (1, 1_000_000))
    return Measured(
        "split of 1,000,000 NDJSON lines, memory of a worker",
        f"{large:,.0f} MB",
        f"{small:,.0f} MB for 1 line",
        "150 MB",
    )


def idempotent() -> Measured:
    """A message whose key is new, kept in memory."""
    step = {"type": "idempotent", "store": "memory", "key": "run.id", "steps": [PLAIN]}
    return _beside("idempotent (memory), per message", step, _OnceByHand(100_000, 86400.0).run, "5,000 ns")


def state_appends() -> Measured:
    """Items appended to groups of 50 in SQLite, synced to the disk and sealed, by 200 callers at once."""
    with TemporaryDirectory() as folder:
        rate = asyncio.run(_appends_per_second(Path(folder), callers=200, items=20_000))
    return Measured("state, appends on SQLite (durable)", f"{rate:,.0f} /s", "", "5,000 /s at least")


ROWS: tuple[Callable[[], Measured], ...] = (
    throttle,
    circuit_breaker,
    cache,
    split,
    split_by_shallow_copies,
    split_memory,
    idempotent,
    state_appends,
)


async def _appends_per_second(home: Path, *, callers: int, items: int) -> float:
    database = Database(home)
    store = SqlStore(database, Sealing(home, purpose="state"))
    await store.append("bench", "first", b"", 0)
    numbers = iter(range(items))

    async def call() -> None:
        for number in numbers:
            await store.append("bench", f"order-{number % 1000}", b"x" * 300, 0, due=float(number), close_at=50)

    begin = time.perf_counter()
    await asyncio.gather(*(call() for _ in range(callers)))
    rate = items / (time.perf_counter() - begin)
    store.stop()
    database.close()
    return rate


def _beside(what: str, step: dict[str, Any], by_hand: Callable[[Exchange], None], bar: str) -> Measured:
    """The cost of a step around a plain one, over the plain one alone, and that of what does the same by hand."""
    return Measured(what, f"{_over_plain(step):,.0f} ns", f"{_hand_over_plain(by_hand):,.0f} ns", bar)


def _over_plain(step: dict[str, Any]) -> float:
    return (_nanoseconds(_flow(step)) - _nanoseconds(_flow(PLAIN))) / STEPS


def _flow(step: dict[str, Any]) -> Callable[[], object]:
    with TemporaryDirectory() as folder:
        Path(folder, "f.flow").write_bytes(msgspec.json.encode({"steps": [step] * STEPS}))
        pipeline = FlowClient(folder).agent.flows["f.flow"]
    pipeline._log = _Kept()
    return lambda: _run(pipeline)


class _Kept(NoLog):
    """A run log that keeps trails and stores nothing."""

    keep_trail = True


def _run(pipeline: Pipeline) -> None:
    pending = pipeline.run(pipeline.exchange(Request()), lambda exchange: None)
    assert pending is None


def _hand_over_plain(by_hand: Callable[[Exchange], None]) -> float:
    exchange = FlowClient(Path(__file__).parent / "flows").agent.flows["bench/routing.flow"].exchange(Request())
    return _nanoseconds(lambda: by_hand(exchange)) - _nanoseconds(lambda: _plain(exchange))


def _plain(exchange: Exchange) -> None:
    exchange.properties["a"] = "b"


def _nanoseconds(call: Callable[[], object], number: int = 2_000) -> float:
    """Median over rounds of the processor's time for one call, on an event loop, which has the time of flows."""

    async def measure() -> float:
        return median(timeit.repeat(call, number=number, repeat=ROUNDS, timer=time.process_time)) / number * 1e9

    return asyncio.run(measure())


ITEMS = [{"id": number, "sku": f"sku-{number}", "price": 9.5, "quantity": number % 7} for number in range(10_000)]


class _Items(Request):
    body = ITEMS


def _split_beside(what: str, copy: Callable[[Any], Any], bar: str) -> Measured:
    own, by_hand = _of_items(_split_run()), _of_items(lambda: _SplitByHand(copy).run(ITEMS))
    return Measured(what, f"{own:,.0f} ns", f"{by_hand:,.0f} ns", f"{bar} (is {own / by_hand:.2f})" if bar else "")


def _split_run() -> Callable[[], Coroutine[Any, Any, object]]:
    step = {"type": "split", "steps": [{"type": "set", "properties": {"sku": "${body.sku}"}}]}
    with TemporaryDirectory() as folder:
        Path(folder, "f.flow").write_bytes(msgspec.json.encode({"steps": [step]}))
        pipeline = FlowClient(folder).agent.flows["f.flow"]
    pipeline._log = _Kept()

    async def run() -> None:
        pending = pipeline.run(pipeline.exchange(_Items()), lambda exchange: None)
        if pending is not None:
            await pending

    return run


def _of_items(run: Callable[[], Coroutine[Any, Any, object]]) -> float:
    """Median over rounds of the processor's time for one of the items, in ns."""

    async def once() -> float:
        begun = time.process_time()
        await run()
        return time.process_time() - begun

    async def measure() -> float:
        return median([await once() for _ in range(ROUNDS)]) / len(ITEMS) * 1e9

    return asyncio.run(measure())


class _Message(NamedTuple):
    body: Any
    headers: dict[str, Any]
    properties: dict[str, Any]


class _SplitByHand:
    """A copy of the message for each item, through a coroutine as flows have them."""

    def __init__(self, copy: Callable[[Any], Any]) -> None:
        self.copy = copy

    async def run(self, items: list[Any]) -> None:
        headers: dict[str, Any] = {}
        properties: dict[str, Any] = {}
        for item in items:
            await self.step(_Message(self.copy(item), dict(headers), dict(properties)))

    async def step(self, message: _Message) -> None:
        message.properties["sku"] = message.body["sku"]


class _ThrottleByHand:
    def __init__(self, limit: int, period: float) -> None:
        self.limit = limit
        self.period = period
        self.passed: deque[float] = deque()

    def run(self, exchange: Exchange) -> None:
        now = asyncio.get_running_loop().time()
        passed = self.passed
        while passed and passed[0] <= now - self.period:
            passed.popleft()
        if len(passed) >= self.limit:
            raise RuntimeError("too many")
        passed.append(now)
        _plain(exchange)


class _OnceByHand:
    def __init__(self, most: int, ttl: float) -> None:
        self.until: dict[str, float] = {}
        self.most = most
        self.ttl = ttl

    def run(self, exchange: Exchange) -> None:
        key, now = str(next(_numbers)), time.time()
        until = self.until
        if until.get(key, 0.0) > now:
            return
        # Keys come one after another, and so they expire.
        while until and (len(until) >= self.most or next(iter(until.values())) <= now):
            del until[next(iter(until))]
        until[key] = now + self.ttl
        try:
            _plain(exchange)
        except Exception:
            del until[key]
            raise


class _BreakerByHand:
    def __init__(self, size: int, share: float) -> None:
        self.outcomes: deque[bool] = deque(maxlen=size)
        self.share = share
        self.open_until = 0.0
        self.failed = 0

    def run(self, exchange: Exchange) -> None:
        if asyncio.get_running_loop().time() < self.open_until:
            raise RuntimeError("open")
        try:
            _plain(exchange)
        except Exception:
            self.note(True)
            raise
        self.note(False)

    def note(self, failed: bool) -> None:
        outcomes = self.outcomes
        if len(outcomes) == outcomes.maxlen:
            self.failed -= outcomes[0]
        outcomes.append(failed)
        self.failed += failed
        if failed and len(outcomes) == outcomes.maxlen and self.failed >= self.share * len(outcomes):
            self.open_until = asyncio.get_running_loop().time() + 60


class _CacheByHand:
    def __init__(self) -> None:
        self.kept: dict[str, tuple[float, bytes]] = {}

    def run(self, exchange: Exchange) -> None:
        found = self.kept.get("k")
        now = asyncio.get_running_loop().time()
        if found is None or found[0] < now:
            _plain(exchange)
            self.kept["k"] = (now + 3600, msgspec.msgpack.encode("b"))
            return
        exchange.properties["a"] = msgspec.msgpack.decode(found[1])
