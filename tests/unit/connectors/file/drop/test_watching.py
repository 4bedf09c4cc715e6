"""Folders of this machine."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from airdock.connectors.file.drop.watching import watched
from airdock.connectors.file.local import LocalFiles
from airdock.engine.clock import LoopClock
from airdock.stores.memory import MemoryStore
from tests.unit.connectors.file.drop.scene import Node, trigger, until
from tests.unit.triggers.listener.letters import MemoryLetters

_MOUNTED = 64 * 1024


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "drop").mkdir()
    return tmp_path / "drop"


@asynccontextmanager
async def listening(root: Path, **params: Any) -> AsyncIterator[Node]:
    params = {"settle": 0.1, "delay": 0.1, **params}
    files = LocalFiles(root, "shop/drop.connection")
    node = Node(files, trigger(**params), MemoryStore(), MemoryLetters(), LoopClock())
    node.begin()
    await until(lambda: node.state.state == "listening", 30)
    try:
        yield node
    finally:
        await node.stop()


def names(root: Path) -> list[str]:
    return sorted(each.relative_to(root).as_posix() for each in root.rglob("*") if each.is_file())


async def test_a_file_is_seen_at_once(root: Path) -> None:
    async with listening(root, read_lock="rename", settle=0.0, delay=3600.0, recursive=True) as node:
        # The watch begins a moment after the folder is open.
        for number in range(600):
            (root / f"{number}.txt").touch()
            await asyncio.sleep(0.05)
            if node.runs:
                break
        assert node.runs
        (root / "inside").mkdir()
        (root / "inside/late.txt").write_text("late")
        await until(lambda: "inside/late.txt" in node.paths, 30)


async def test_changes_are_told_until_the_end(root: Path) -> None:
    told = asyncio.Event()
    async with watched(root, False, told.set):
        while not told.is_set():
            (root / "a").write_text("x")
            await asyncio.sleep(0.02)
    async with watched(None, False, told.set), watched(root / "away", False, told.set):
        pass


async def test_a_file_that_grows_is_taken_whole(root: Path) -> None:
    async with listening(root, settle=1.0, include=["*.txt"]) as node:
        with (root / "a.txt").open("w") as opened:
            for _ in range(20):
                opened.write("line\n" * 100)
                opened.flush()
                await asyncio.sleep(0.05)
                assert node.runs == []
        await until(lambda: names(root) == [".done/a.txt"], 30)
        assert node.exchanges[0].body == "line\n" * 2000


async def test_links_and_what_is_no_file_stay(root: Path) -> None:
    (root.parent / "secret.txt").write_text("secret")
    (root.parent / "outside").mkdir()
    (root.parent / "outside/b.txt").write_text("secret")
    (root / "link.txt").symlink_to(root.parent / "secret.txt")
    (root / "folder").symlink_to(root.parent / "outside")
    (root / "loop").symlink_to(root)
    os.mkfifo(root / "pipe.txt")
    (root / "ünï \U0001f600.txt").write_text("ok")
    (root / os.fsdecode(b"\xff.txt")).write_text("no text is its name")
    async with listening(root, recursive=True) as node:
        await until(lambda: (root / ".done").is_dir() and names(root / ".done"), 30)
        assert node.paths == ["ünï \U0001f600.txt"]
        await until(lambda: node.state.error, 30)
        assert node.state.error.startswith("1 file passed over")
    assert names(root.parent / "outside") == ["b.txt"]


async def test_a_target_that_leads_out_by_a_link(root: Path) -> None:
    (root / ".done").symlink_to(root.parent)
    (root / "a.txt").write_text("x")
    async with listening(root) as node:
        await until(lambda: node.state.error, 30)
        assert "leads out of the connection's folder by a link" in node.state.error
        assert ((root / "a.txt").exists(), (root.parent / "a.txt").exists()) == (True, False)


async def test_a_file_that_is_replaced_in_the_moment_of_its_move_comes_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "a.txt").write_text("old")
    move = LocalFiles.move

    async def late(self: LocalFiles, path: str, to: str, overwrite: bool) -> None:
        if path == "a.txt" and (root / path).read_text() == "old":
            (root / ".new").write_text("newer")
            os.rename(root / ".new", root / path)
        await move(self, path, to, overwrite)

    monkeypatch.setattr(LocalFiles, "move", late)
    async with listening(root) as node:
        await until(lambda: len(node.runs) == 2 and not (root / "a.txt").exists(), 30)
        assert [exchange.body for exchange in node.exchanges] == ["old", "newer"]
        await until(lambda: names(root) == [".done/a.txt"], 30)


async def test_the_folder_goes_and_comes_back(root: Path) -> None:
    async with listening(root, folder="") as node:
        os.rename(root, root.parent / "away")
        await until(lambda: node.state.state == "reconnecting", 30)
        assert "there is no folder" in node.state.error
        os.rename(root.parent / "away", root)
        (root / "a.txt").write_text("x")
        await until(lambda: names(root) == [".done/a.txt"], 30)


@pytest.fixture
def small_disk(root: Path) -> Iterator[Path]:
    """A disk of 64 KB for the files that were worked off."""
    place = root / ".done"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_MOUNTED}", "tmpfs", str(place)]
    try:
        made = subprocess.run(mount, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no `mount`")
    if made.returncode:
        pytest.skip("no file system can be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


async def test_a_disk_that_is_full(root: Path, small_disk: Path) -> None:
    (small_disk / "filler").write_bytes(bytes(_MOUNTED))
    for name in ("a.txt", "b.txt"):
        (root / name).write_bytes(b"x" * 8192)
    async with listening(root) as node:
        await until(lambda: node.state.error.startswith("2 files"), 30)
        assert "there is no room for '.done/" in node.state.error
        assert node.state.error.endswith("No space left on device")
        assert (node.state.succeeded, names(small_disk)) == (2, ["filler"])
        (small_disk / "filler").unlink()
        await until(lambda: names(small_disk) == ["a.txt", "b.txt"], 30)
        await until(lambda: not node.state.error, 30)
        assert (names(root), len(node.runs)) == ([".done/a.txt", ".done/b.txt"], 2)
