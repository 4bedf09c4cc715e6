import asyncio
import os
import stat
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from airdock.connectors.file.fake import FakeFiles
from airdock.connectors.file.local import LocalFiles
from airdock.connectors.file.paths import Files
from airdock.errors import FlowError


@pytest.fixture(params=["local", "fake"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    return FakeFiles() if request.param == "fake" else LocalFiles(tmp_path, "p/c.connection")


async def fails(code: str, work: Any) -> None:
    with pytest.raises(FlowError) as caught:
        await work
    assert caught.value.code == f"connector.file.{code}"


async def names(files: Files, *asked: Any) -> list[str]:
    return [each["path"] for each in await files.list(*asked)]


async def test_what_is_written_is_read(files: Files) -> None:
    await files.check()
    await files.write("a/b/c.txt", b"0123456789", False)
    assert await files.read("a/b/c.txt", 0, 100) == b"0123456789"
    assert await files.read("a/b/c.txt", 4, 3) == b"456"
    assert await files.read("a/b/c.txt", 10, 3) == b""
    await fails("missing", files.read("a/x", 0, 1))
    await files.close()


async def test_nothing_is_replaced_unasked(files: Files) -> None:
    await files.write("a", b"one", False)
    await fails("exists", files.write("a", b"two", False))
    assert await files.read("a", 0, 9) == b"one"
    await files.write("a", b"two", True)
    assert await files.read("a", 0, 9) == b"two"
    assert await names(files, "", "*", True, 10) == ["a"]


async def test_what_comes_in_pieces_is_put_there_as_a_whole(files: Files) -> None:
    async def pieces(last: str = "") -> AsyncIterator[bytes]:
        yield b"one "
        yield b"two"
        if last:
            raise FlowError("some.error", last)

    assert await files.write("in/a", pieces(), False) == 7
    assert await files.read("in/a", 0, 9) == b"one two"
    with pytest.raises(FlowError, match="away"):
        await files.write("in/a", pieces("away"), True)
    with pytest.raises(FlowError, match="away"):
        await files.write("in/b", pieces("away"), False)
    assert await names(files, "in", "*", True, 10) == ["in/a"]
    assert await files.read("in/a", 0, 9) == b"one two"


async def test_one_alone_makes_a_file_that_is_not_to_be_replaced(files: Files) -> None:
    done = await asyncio.gather(
        *(files.write("lock", b"%d" % number, False) for number in range(5)), return_exceptions=True
    )
    assert [type(each) for each in done].count(int) == 1
    assert {each.code for each in done if isinstance(each, FlowError)} == {"connector.file.exists"}
    assert await files.read("lock", 0, 9) == b"%d" % [type(each) for each in done].index(int)


async def test_append(files: Files) -> None:
    await files.append("log/a", b"1")
    await files.append("log/a", b"2")
    assert await files.read("log/a", 0, 9) == b"12"


async def test_list(files: Files) -> None:
    for path in ("b.csv", "a.csv", "a.txt", "in/c.csv", "in/deep/d.csv"):
        await files.write(path, b"123", False)
    assert await names(files, "", "*.csv", False, 10) == ["a.csv", "b.csv"]
    assert await names(files, "", "*.csv", True, 10) == ["a.csv", "b.csv", "in/c.csv", "in/deep/d.csv"]
    assert await names(files, "in", "*", False, 1) == ["in/c.csv"]
    found = (await files.list("in", "*", False, 10))[0]
    assert (found["name"], found["size"], found["modified"][-1]) == ("c.csv", 3, "Z")
    await fails("tooMany", files.list("", "*", True, 4))
    await fails("missing", files.list("out", "*", True, 4))


async def test_scan(files: Files) -> None:
    for path in ("b.csv", "in/c.csv", "in/deep/d.csv"):
        await files.write(path, b"123", False)
    found = await files.scan("", 10)
    assert ([each.path for each in found.files], found.folders, found.whole) == (["b.csv"], ["in"], True)
    found = await files.scan("in", 10)
    assert ([each.path for each in found.files], found.folders) == (["in/c.csv"], ["in/deep"])
    found = await files.scan("in", 1)
    assert (len(found.files) + len(found.folders), found.whole) == (1, False)
    await fails("missing", files.scan("out", 4))
    assert files.location


async def test_stat(files: Files) -> None:
    await files.write("in/a", b"123", False)
    found = await files.stat("in/a")
    assert found is not None
    assert (found, found.size) == ((await files.scan("in", 1)).files[0], 3)
    assert abs(found.modified - time.time()) < 60
    assert (await files.stat("in"), await files.stat("in/b")) == (None, None)
    await files.write("in/a", b"1234", True)
    assert (await files.stat("in/a")) != found


async def test_exists_mkdir_delete(files: Files) -> None:
    await files.mkdir("x/y")
    await files.mkdir("x/y")
    assert await files.exists("x/y")
    assert await names(files, "x/y", "*", False, 1) == []
    assert not await files.exists("x/z")
    await files.write("x/z", b"", False)
    assert await files.exists("x/z")
    assert await files.delete("x/z") is True
    assert await files.delete("x/z") is False


async def test_move(files: Files) -> None:
    await files.write("a", b"one", False)
    await files.write("b", b"two", False)
    await fails("exists", files.move("a", "b", False))
    await fails("missing", files.move("c", "d", False))
    await files.move("a", "done/a", False)
    await files.move("done/a", "b", True)
    assert await names(files, "", "*", True, 10) == ["b"]
    assert await files.read("b", 0, 9) == b"one"


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
