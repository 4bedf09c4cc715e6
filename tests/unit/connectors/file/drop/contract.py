"""What a listener of a folder promises on every store of files. A store's test derives a class and gives it `files`."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from airdock.connectors.file.paths import Files
from airdock.engine.clock import LoopClock
from airdock.exchange import Exchange
from airdock.state import StateStore
from airdock.stores.memory import MemoryStore
from tests.unit.connectors.file.drop.scene import Node, fails, trigger, until
from tests.unit.triggers.listener.letters import MemoryLetters

_PATIENCE = 30.0
"""Seconds after which something awaited counts as failed."""


@asynccontextmanager
async def listening(files: Files, store: StateStore | None = None, **params: Any) -> AsyncIterator[Node]:
    """A node that listens to `in`."""
    wanted = trigger(**{"folder": "in", "settle": 0.1, "delay": 0.1, **params})
    node = Node(files, wanted, store or MemoryStore(), MemoryLetters(), LoopClock(), redelivery={"attempts": 1})
    node.begin()
    await until(lambda: node.state.state == "listening", _PATIENCE)
    try:
        yield node
    finally:
        await node.stop()


async def paths_in(files: Files) -> list[str]:
    return [each["path"] for each in await files.list("in", "*", True, 100)]


async def contents(files: Files) -> dict[str, bytes]:
    """All files below `in`, but for their folders' own."""
    return {path: await files.read(path, 0, 100) for path in await paths_in(files)}


async def until_there(files: Files, *paths: str) -> None:
    """Waits until these are all the files."""
    await _until(files, lambda found: sorted(found) == sorted(paths))


async def _until(files: Files, are: Callable[[list[str]], bool]) -> None:
    async with asyncio.timeout(_PATIENCE):
        while not are(await paths_in(files)):  # noqa: ASYNC110 -- a store tells nobody what happens in it
            await asyncio.sleep(0.02)


class DropContract:
    async def test_nodes_share_the_files(self, files: Files) -> None:
        names = [f"{number}.txt" for number in range(6)]
        for name in names:
            await files.write(f"in/{name}", name.encode(), False)
        store = MemoryStore()
        async with listening(files, store, move="done") as one, listening(files, store, move="done") as other:
            await until_there(files, *(f"in/done/{name}" for name in names))
            assert sorted([*one.paths, *other.paths]) == [f"in/{name}" for name in names]
            assert {exchange.body for exchange in (*one.exchanges, *other.exchanges)} == set(names)
        assert await contents(files) == {f"in/done/{name}": name.encode() for name in names}

    async def test_what_fails_is_put_elsewhere(self, files: Files) -> None:
        await files.write("in/deep/a.txt", b"x", False)
        async with listening(files, move_failed="failed", recursive=True) as node:
            node.works = fails()
            await until_there(files, "in/failed/deep/a.txt")
            assert len(node.runs) == 1

    async def test_what_changed_meanwhile_comes_again(self, files: Files) -> None:
        await files.write("in/a.txt", b"old", False)

        async def work(exchange: Exchange) -> None:
            if exchange.body == "old":
                await files.write("in/a.txt", b"later", True)

        async with listening(files) as node:
            node.works = work
            await until(lambda: len(node.runs) == 2, _PATIENCE)
            await until_there(files, "in/.done/a.txt")
            assert [exchange.body for exchange in node.exchanges] == ["old", "later"]

    async def test_what_stays_is_remembered(self, files: Files) -> None:
        await files.write("in/a.txt", b"x", False)
        store = MemoryStore()
        async with listening(files, store, noop=True) as node:
            await until(lambda: node.state.succeeded, _PATIENCE)
        async with listening(files, store, noop=True) as node:
            await files.write("in/b.txt", b"x", False)
            await until(lambda: node.state.succeeded, _PATIENCE)
            assert node.paths == ["in/b.txt"]
        assert sorted(await contents(files)) == ["in/a.txt", "in/b.txt"]

    async def test_done_files_and_names_that_are_taken(self, files: Files) -> None:
        await files.write("in/done/a.txt", b"earlier", False)
        await files.write("in/a.txt", b"x", False)
        async with listening(files, move="done", read_lock="doneFile", done_file="${file.name}.ok") as node:
            await files.write("in/a.txt.ok", b"", False)
            await until(lambda: node.state.succeeded, _PATIENCE)
            await _until(files, lambda found: len(found) == 2 and "in/a.txt" not in found)
        left = await contents(files)
        assert left.pop("in/done/a.txt") == b"earlier"
        assert list(left.values()) == [b"x"]

    async def test_a_file_piece_by_piece_is_deleted(self, files: Files) -> None:
        content = bytes(range(256)) * 2000
        await files.write("in/a.bin", content, False)
        read: list[bytes] = []

        async def work(exchange: Exchange) -> None:
            read.append(b"".join([piece async for piece in exchange.body.take()]))

        async with listening(files, streaming=True, delete=True) as node:
            node.works = work
            await until_there(files)
        assert read == [content]
