import asyncio
import os
import stat
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from airdock.connectors.file.local import LocalFiles
from airdock.connectors.file.paths import Files
from airdock.errors import FlowError
from tests.unit.connectors.file.contract import FilesContract, fails, names


class TestLocalFiles(FilesContract):
    @pytest.fixture
    def files(self, tmp_path: Path) -> Files:
        return LocalFiles(tmp_path, "p/c.connection")


@pytest.fixture
def local(tmp_path: Path) -> LocalFiles:
    (tmp_path / "root").mkdir()
    (tmp_path / "secret").write_text("s")
    return LocalFiles(tmp_path / "root", "p/c.connection")


async def test_links_do_not_lead_out(local: LocalFiles, tmp_path: Path) -> None:
    (tmp_path / "root/out").symlink_to(tmp_path)
    (tmp_path / "root/file").symlink_to(tmp_path / "secret")
    (tmp_path / "root/loop").symlink_to(tmp_path / "root/loop")
    for path in ("out/secret", "file", "out/new", "out"):
        await fails("path", local.read(path, 0, 1))
        await fails("path", local.write(path, b"", True))
        await fails("path", local.append(path, b""))
        await fails("path", local.delete(path))
        await fails("path", local.list(path, "*", True, 1))
        await fails("path", local.mkdir(path))
    await local.write("a", b"", False)
    await fails("path", local.move("a", "out/a", True))
    await fails("path", local.read("loop", 0, 1))
    assert await names(local, "", "*", True, 10) == ["a"]
    assert sorted(os.listdir(tmp_path)) == ["root", "secret"]


async def test_a_scan_leaves_out_what_is_no_file(local: LocalFiles, tmp_path: Path) -> None:
    (tmp_path / "root/out").symlink_to(tmp_path)
    (tmp_path / "root/file").symlink_to(tmp_path / "secret")
    (tmp_path / "root/a.airdock-part").touch()
    os.mkfifo(tmp_path / "root/pipe")
    assert await local.scan("", 10) == ([], [], True)
    await fails("path", local.stat("file"))


@pytest.mark.parametrize("number", [1, 18], ids=["no links", "another disk"])
async def test_a_move_where_nothing_can_be_linked(
    local: LocalFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    await local.write("a", b"one", False)
    await local.write("b", b"two", False)
    link, replace, other_disk = os.link, Path.replace, number == 18

    def fail(source: Path, target: Path) -> None:
        if not other_disk or not source.name.endswith("-part"):
            raise OSError(number, "as the system says")
        link(source, target)

    def move(source: Path, target: Path) -> Path:
        if other_disk:
            raise OSError(number, "as the system says")
        return replace(source, target)

    monkeypatch.setattr(os, "link", fail)
    monkeypatch.setattr(Path, "replace", move)
    before = await local.stat("a")
    await fails("exists", local.move("a", "b", False))
    await local.move("a", "done/a", False)
    after = await local.stat("done/a")
    assert before is not None
    assert after == before._replace(path="done/a")
    assert await names(local, "", "*", True, 10) == ["b", "done/a"]
    assert os.listdir(tmp_path / "root/done") == ["a"]


@pytest.mark.parametrize("number", [0, 18], ids=["this disk", "another disk"])
async def test_what_is_put_there_while_a_file_is_moved_stays(
    local: LocalFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    await local.write("a", b"old", False)
    link, path = os.link, tmp_path / "root/a"

    def linked(source: Path, target: Path) -> None:
        if number and source == path:
            raise OSError(number, "as the system says")
        link(source, target)
        path.with_name("new").write_bytes(b"newer")
        path.with_name("new").rename(path)

    monkeypatch.setattr(os, "link", linked)
    if number:
        await fails("denied", local.move("a", "done/a", False))
        assert await names(local, "", "*", True, 10) == ["a"]
    else:
        await local.move("a", "done/a", False)
        assert await local.read("done/a", 0, 9) == b"old"
    assert await local.read("a", 0, 9) == b"newer"


@pytest.mark.parametrize(
    ("number", "code"), [(28, "full"), (122, "full"), (30, "denied"), (13, "denied")], ids=["full", "quota", "ro", "no"]
)
async def test_a_write_that_fails_leaves_nothing_behind(
    local: LocalFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    await local.write("a", b"before", False)

    def fsync(descriptor: int) -> None:
        raise OSError(number, "as the system says")

    monkeypatch.setattr(os, "fsync", fsync)
    await fails(code, local.write("a", b"after", True))
    assert (os.listdir(tmp_path / "root"), await local.read("a", 0, 9)) == (["a"], b"before")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device to write to")
async def test_a_device_that_is_full(tmp_path: Path) -> None:
    await fails("full", LocalFiles(Path("/dev"), "p/c.connection").append("full", b"x" * 10_000))
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)


async def test_who_is_cancelled_leaves_nothing_behind(local: LocalFiles, tmp_path: Path) -> None:
    begun = asyncio.Event()

    async def never() -> AsyncIterator[bytes]:
        yield b"1"
        begun.set()
        await asyncio.Event().wait()

    writing = asyncio.create_task(local.write("a", never(), False))
    await begun.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert os.listdir(tmp_path / "root") == []


async def test_a_folder_that_is_away(tmp_path: Path) -> None:
    with pytest.raises(FlowError) as caught:
        await LocalFiles(tmp_path / "away", "p/c.connection").check()
    assert caught.value.code == "connector.unavailable"


async def test_folders_are_no_files(local: LocalFiles) -> None:
    await local.mkdir("d")
    work: list[Callable[[], Any]] = [
        lambda: local.read("d", 0, 1),
        lambda: local.write("d", b"", True),
        lambda: local.append("d", b""),
        lambda: local.delete("d"),
    ]
    for each in work:
        await fails("denied", each())
    await fails("missing", local.move("d", "e", True))
