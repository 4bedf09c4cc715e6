"""A database is killed while messages flow through it: each is worked off when it is back."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]
import pytest

from tests.robustness.faults import servers
from tests.robustness.faults.plant import Plant
from tests.service.proxy import Proxy

pytestmark = [pytest.mark.slow, pytest.mark.services]

INSERT = {
    "type": "sql",
    "connection": "/p/db.connection",
    "statement": "insert into orders (id) values (:id) on conflict do nothing",
    "parameters": {"id": "${body.id}"},
    "mode": "execute",
    "result": "kept",
}


@contextmanager
def plant(folder: Path, database: int) -> Iterator[Plant]:
    """Messages of a queue get into a database at a port."""
    with servers.redis(folder) as broker:
        yield Plant(
            folder,
            {"type": "redis", "url": f"redis://127.0.0.1:{broker.port}"},
            {"queue": "orders"},
            {"queue": "orders"},
            attempts=1000,
            before=[INSERT],
            further={
                "p/db.connection": {
                    "type": "sql", "url": f"postgresql://airdock@127.0.0.1:{database}/postgres", "timeout": "2s"
                },
            },
        )  # fmt: skip


async def query(port: int, statement: str) -> list[int]:
    connection = await asyncpg.connect(host="127.0.0.1", port=port, user="airdock", database="postgres")
    try:
        return [row[0] for row in await connection.fetch(statement)]
    finally:
        await connection.close()


@pytest.mark.parametrize("harm", ["kill", "cut"])
async def test_a_database_goes_and_comes_back(tmp_path: Path, harm: str) -> None:
    with servers.postgres() as server:
        await query(server.port, "create table orders (id int primary key)")
        proxy = Proxy("127.0.0.1", server.port)
        try:
            with plant(tmp_path, proxy.port) as made:
                async with made.running() as running:
                    await _flowing(running, server, proxy, harm)
            found = set(await query(server.port, "select id from orders"))
            assert set(running.taken) <= found
            assert not running.letters.letters
        finally:
            proxy.cut()


async def _flowing(running: Plant, server: servers.Server, proxy: Proxy, harm: str) -> None:
    stop = asyncio.Event()
    sending = asyncio.create_task(running.send(stop))
    await running.until(lambda: len(running.processed) > 10, "some are worked off")
    await asyncio.to_thread(server.kill if harm == "kill" else proxy.cut)
    await running.until(lambda: running.link_of("db") == "failing", "the connection says that the database is away")
    before = len(running.taken)
    await running.until(lambda: len(running.taken) > before + 10, "more are taken meanwhile")
    assert running.state == "listening"
    await asyncio.to_thread(server.start if harm == "kill" else proxy.restore)
    await running.until(lambda: running.link_of("db") == "open", "the database is there again")
    stop.set()
    await sending
    await running.until_worked_off()
