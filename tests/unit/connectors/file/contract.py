"""What every store of files promises. Each one's test derives a class from this and gives it the fixture `files`."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from airdock.connectors.file.paths import Files
from airdock.errors import FlowError


async def fails(code: str, work: Any) -> None:
    with pytest.raises(FlowError) as caught:
        await work
    assert caught.value.code == f"connector.file.{code}"


async def names(files: Files, *asked: Any) -> list[str]:
    return [each["path"] for each in await files.list(*asked)]


class FilesContract:
    """
    Attributes:
        folders: A folder that holds nothing is another thing than one that is not there.
        exclusive: Of several writers that may not overwrite, one alone makes the file.
    """

    folders = True
    exclusive = True

    async def test_what_is_written_is_read(self, files: Files) -> None:
        await files.check()
        await files.write("a/b/c.txt", b"0123456789", False)
        assert await files.read("a/b/c.txt", 0, 100) == b"0123456789"
        assert await files.read("a/b/c.txt", 4, 3) == b"456"
        assert await files.read("a/b/c.txt", 10, 3) == b""
        await fails("missing", files.read("a/x", 0, 1))
        await files.close()

    async def test_nothing_is_replaced_unasked(self, files: Files) -> None:
        await files.write("a", b"one", False)
        await fails("exists", files.write("a", b"two", False))
        assert await files.read("a", 0, 9) == b"one"
        await files.write("a", b"two", True)
        assert await files.read("a", 0, 9) == b"two"
        assert await names(files, "", "*", True, 10) == ["a"]

    async def test_what_comes_in_pieces_is_put_there_as_a_whole(self, files: Files) -> None:
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

    async def test_one_alone_makes_a_file_that_is_not_to_be_replaced(self, files: Files) -> None:
        if not self.exclusive:
            return
        done = await asyncio.gather(
            *(files.write("lock", b"%d" % number, False) for number in range(5)), return_exceptions=True
        )
        assert [type(each) for each in done].count(int) == 1
        assert {each.code for each in done if isinstance(each, FlowError)} == {"connector.file.exists"}
        assert await files.read("lock", 0, 9) == b"%d" % [type(each) for each in done].index(int)

    async def test_append(self, files: Files) -> None:
        await files.append("log/a", b"1")
        await files.append("log/a", b"2")
        assert await files.read("log/a", 0, 9) == b"12"

    async def test_list(self, files: Files) -> None:
        for path in ("b.csv", "a.csv", "a.txt", "in/c.csv", "in/deep/d.csv"):
            await files.write(path, b"123", False)
        assert await names(files, "", "*.csv", False, 10) == ["a.csv", "b.csv"]
        assert await names(files, "", "*.csv", True, 10) == ["a.csv", "b.csv", "in/c.csv", "in/deep/d.csv"]
        assert await names(files, "in", "*", False, 1) == ["in/c.csv"]
        found = (await files.list("in", "*", False, 10))[0]
        assert (found["name"], found["size"], found["modified"][-1]) == ("c.csv", 3, "Z")
        await fails("tooMany", files.list("", "*", True, 4))
        if self.folders:
            await fails("missing", files.list("out", "*", True, 4))
        else:
            assert await files.list("out", "*", True, 4) == []

    async def test_scan(self, files: Files) -> None:
        for path in ("b.csv", "in/c.csv", "in/deep/d.csv"):
            await files.write(path, b"123", False)
        found = await files.scan("", 10)
        assert ([each.path for each in found.files], found.folders, found.whole) == (["b.csv"], ["in"], True)
        found = await files.scan("in", 10)
        assert ([each.path for each in found.files], found.folders) == (["in/c.csv"], ["in/deep"])
        found = await files.scan("in", 1)
        assert (len(found.files) + len(found.folders), found.whole) == (1, False)
        if self.folders:
            await fails("missing", files.scan("out", 4))
        else:
            assert await files.scan("out", 4) == ([], [], True)
        assert files.location

    async def test_stat(self, files: Files) -> None:
        await files.write("in/a", b"123", False)
        found = await files.stat("in/a")
        assert found is not None
        assert (found, found.size) == ((await files.scan("in", 1)).files[0], 3)
        assert abs(found.modified - time.time()) < 60
        assert (await files.stat("in"), await files.stat("in/b")) == (None, None)
        await files.write("in/a", b"1234", True)
        assert (await files.stat("in/a")) != found

    async def test_exists_mkdir_delete(self, files: Files) -> None:
        await files.mkdir("x/y")
        await files.mkdir("x/y")
        assert await files.exists("x/y")
        assert await names(files, "x/y", "*", False, 1) == []
        assert not await files.exists("x/z")
        await files.write("x/z", b"", False)
        assert await files.exists("x/z")
        assert await files.delete("x/z") is True
        assert await files.delete("x/z") is False

    async def test_move(self, files: Files) -> None:
        await files.write("a", b"one", False)
        await files.write("b", b"two", False)
        await fails("exists", files.move("a", "b", False))
        await fails("missing", files.move("c", "d", False))
        await files.move("a", "done/a", False)
        await files.move("done/a", "b", True)
        assert await names(files, "", "*", True, 10) == ["b"]
        assert await files.read("b", 0, 9) == b"one"
