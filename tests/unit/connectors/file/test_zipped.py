import os
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from airdock.connectors.file.paths import Files
from airdock.connectors.file.stores.zip import ZipStore
from airdock.connectors.folders import AllowedFolders
from airdock.errors import FlowError
from tests.unit.connectors.file.contract import fails, names
from tests.unit.connectors.opening import opening

LARGE = os.urandom(300_000) + b"0" * 300_000


def archive(path: Path, files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(zipfile.ZipInfo(name, (2026, 1, 31, 12, 0, 0)), content, zipfile.ZIP_DEFLATED)


async def opened(folder: Path, root: str = "", name: str = "a.zip") -> Files:
    given = opening()._replace(folders=AllowedFolders([folder]))
    return await ZipStore(archive=name).open(given, root)


@pytest.fixture
async def files(tmp_path: Path) -> AsyncIterator[Files]:
    archive(
        tmp_path / "a.zip",
        {"b.csv": b"123", "in/c.csv": b"456", "in/deep/d.csv": LARGE, "empty/": b"", "../out": b"", "/abs": b""},
    )
    files = await opened(tmp_path)
    yield files
    await files.close()


async def test_what_is_in_it_is_read(files: Files) -> None:
    assert await files.read("b.csv", 0, 10) == b"123"
    assert await files.read("b.csv", 1, 1) == b"2"
    assert await files.read("b.csv", 3, 1) == b""
    await fails("missing", files.read("c.csv", 0, 1))
    pieces = [await files.read("in/deep/d.csv", offset, 100_000) for offset in range(0, 700_000, 100_000)]
    assert b"".join(pieces) == LARGE
    assert await files.read("in/deep/d.csv", 299_999, 2) == LARGE[299_999:300_001]


async def test_what_is_in_it_is_listed(files: Files) -> None:
    assert await names(files, "", "*", True, 10) == ["b.csv", "in/c.csv", "in/deep/d.csv"]
    assert await names(files, "in", "*.csv", False, 1) == ["in/c.csv"]
    assert await names(files, "empty", "*", False, 1) == []
    assert (await files.list("", "b*", False, 1))[0]["modified"] == "2026-01-31T12:00:00.000Z"
    await fails("tooMany", files.list("", "*", True, 2))
    await fails("missing", files.list("out", "*", True, 2))
    found = await files.scan("", 10)
    assert ([each.path for each in found.files], found.folders, found.whole) == (["b.csv"], ["empty", "in"], True)
    assert (await files.scan("", 1)).whole is False
    assert [await files.exists(each) for each in ("in", "b.csv", "x")] == [True, True, False]
    stat = await files.stat("in/c.csv")
    assert (stat is not None and stat.size, await files.stat("in")) == (3, None)


async def test_it_is_only_read(files: Files) -> None:
    work: list[Any] = [
        files.write("a", b"", True),
        files.append("a", b""),
        files.delete("b.csv"),
        files.move("b.csv", "c", True),
        files.mkdir("d"),
    ]
    for each in work:
        await fails("denied", each)


async def test_a_folder_of_it(files: Files, tmp_path: Path) -> None:
    within = await opened(tmp_path, "in")
    assert await names(within, "", "*", True, 10) == ["c.csv", "deep/d.csv"]
    await fails("missing", within.read("b.csv", 0, 1))
    await within.close()


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
async def test_what_cannot_be_unpacked_piece_by_piece_is_not_unpacked(tmp_path: Path, method: int) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", method) as made:
        made.writestr("bomb", b"0" * 1_000_000)
        made.writestr("plain", b"1", zipfile.ZIP_STORED)
    files = await opened(tmp_path)
    with pytest.raises(FlowError, match="'bomb' is packed in a way that is not read"):
        await files.read("bomb", 0, 1)
    assert await files.read("plain", 0, 9) == b"1"
    assert await names(files, "", "*", True, 10) == ["bomb", "plain"]
    await files.close()


async def test_a_crowd_is_refused_before_it_is_taken_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("airdock.connectors.file.zipped._MOST", 3)
    archive(tmp_path / "a.zip", {str(number): b"" for number in range(4)})
    await fails("tooMany", opened(tmp_path))
    archive(tmp_path / "a.zip", {str(number): b"" for number in range(3)})
    files = await opened(tmp_path)
    assert len(await files.list("", "*", True, 9)) == 3
    await files.close()


async def test_another_one_in_its_place_is_read(files: Files, tmp_path: Path) -> None:
    assert await files.exists("b.csv")
    archive(tmp_path / "new.zip", {"new.csv": b"1"})
    (tmp_path / "new.zip").replace(tmp_path / "a.zip")
    assert await names(files, "", "*", True, 10) == ["new.csv"]


@pytest.mark.parametrize(
    ("name", "code"), [("none.zip", "unavailable"), ("bad.zip", "failed"), ("../a.zip", "folder"), ("..", "folder")]
)
async def test_what_does_not_open(tmp_path: Path, name: str, code: str) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home/bad.zip").write_bytes(b"no archive")
    with pytest.raises(FlowError) as caught:
        await opened(tmp_path / "home", name=name)
    assert caught.value.code == f"connector.{code}"
