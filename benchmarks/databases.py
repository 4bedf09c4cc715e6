"""What a query costs in this process, beside the same written by hand. One function for each row."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from airdock.request import Request
from airdock.testing import FlowClient
from benchmarks.patterns import Measured
from benchmarks.publishing import postgresql

CALLERS = 32
POOL = 10
ROUNDS = 5
SECONDS = 0.5
QUERY = "select n as id, 'name' || n as name, n * 2 as amount from generate_series(1, 10) n where n > :least"


def query() -> Measured:
    """A query of ten rows, by a flow and by SQLAlchemy with asyncpg as its pages show it."""
    with postgresql() as url:
        own, by_hand = asyncio.run(_rates(url))
    return Measured("sql, ten rows of PostgreSQL, 32 callers", f"{own:,.0f} /s", f"{by_hand:,.0f} /s", "90% of by hand")


async def _rates(url: str) -> tuple[float, float]:
    engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"), pool_size=POOL, max_overflow=0)

    async def by_hand() -> None:
        async with engine.connect() as connection:
            result = await connection.execute(text(QUERY), {"least": 0})
            assert len([dict(row) for row in result.mappings()]) == 10

    with TemporaryDirectory() as folder:
        client = _client(Path(folder), url)
        pipeline = client.agent.flows["p/q.flow"]

        async def own() -> None:
            exchange = pipeline.exchange(Request())
            pending = pipeline.run(exchange, lambda exchange: None)
            if pending is not None:
                await pending
            assert len(exchange.body) == 10

        rates = [(await _rate(own), await _rate(by_hand)) for _ in range(ROUNDS)]
        await client.close()
        await client.agent.runtime.links.close()
    await engine.dispose()
    return median(own for own, _ in rates), median(hand for _, hand in rates)


def _client(folder: Path, url: str) -> FlowClient:
    step: dict[str, Any] = {"type": "sql", "connection": "/p/db.connection", "statement": QUERY}
    (folder / "p").mkdir()
    (folder / "p/db.connection").write_text(json.dumps({"type": "sql", "url": url, "pool": POOL}))
    (folder / "p/q.flow").write_text(json.dumps({"steps": [{**step, "parameters": {"least": 0}}]}))
    return FlowClient(folder)


async def _rate(call: Callable[[], Awaitable[None]]) -> float:
    """Calls per second of many callers."""
    end = time.perf_counter() + SECONDS
    done = 0

    async def caller() -> None:
        nonlocal done
        while time.perf_counter() < end:
            await call()
            done += 1

    start = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    return done / (time.perf_counter() - start)


ROWS = (query,)
"""The rows of the table."""
