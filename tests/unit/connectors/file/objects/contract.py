"""What every store of objects promises beside what all stores of files do."""

import asyncio
from typing import Any

from airdock.connectors.file.paths import Files
from airdock.errors import FlowError
from tests.unit.connectors.file.contract import FilesContract, names


class ObjectFilesContract(FilesContract):
    folders = False

    async def test_nothing_that_several_append_is_lost(self, files: Files) -> None:
        async def append(line: bytes) -> None:
            while True:
                try:
                    return await files.append("log", line)
                except FlowError as error:
                    assert "changed by others" in error.message  # noqa: PT017

        await asyncio.gather(*(append(b"%d\n" % number) for number in range(4)))
        lines = (await files.read("log", 0, 100)).split()
        assert sorted(lines) == [b"0", b"1", b"2", b"3"]

    async def test_names_that_mean_something_elsewhere(self, files: Files) -> None:
        strange = ["%2e%2e", "a b", "größe", "a+b&c=d", "a?b", "a#b", "~", "a%20b", "'a'"]
        for name in strange:
            await files.write(f"in/{name}", name.encode(), False)
            await files.move(f"in/{name}", f"out/{name}", False)
        assert await names(files, "", "*", True, 100) == sorted(f"out/{name}" for name in strange)
        for name in strange:
            assert await files.read(f"out/{name}", 0, 100) == name.encode()

    async def test_many_are_listed_page_by_page(self, files: Files, monkeypatch: Any) -> None:
        monkeypatch.setattr("airdock.connectors.file.objects.files._PAGE", 2)
        paths = [f"in/{number}" for number in range(5)] + ["in/deep/a", "in/deeper/b"]
        for path in paths:
            await files.write(path, b"", False)
        assert await names(files, "", "*", True, 10) == sorted(paths)
        found = await files.scan("in", 10)
        assert (len(found.files), found.folders) == (5, ["in/deep", "in/deeper"])
