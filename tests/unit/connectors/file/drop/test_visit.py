"""A listener of a folder on this machine, in memory, in a bucket of S3, and on a server of SFTP that goes away."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from airdock.connectors.file.fake import FakeFiles
from airdock.connectors.file.local import LocalFiles
from airdock.connectors.file.paths import Files
from airdock.connectors.file.remote.sftp import SftpFiles
from airdock.connectors.file.stores.s3 import S3Store
from airdock.exchange import Exchange
from tests.unit.connectors.file.drop.contract import DropContract, listening, until_there
from tests.unit.connectors.file.drop.scene import until
from tests.unit.connectors.file.objects.test_s3 import SECRETS, endpoint, store
from tests.unit.connectors.file.remote.test_sftp import Served, server
from tests.unit.connectors.opening import opening

__all__ = ["endpoint", "server", "store"]


class TestFolders(DropContract):
    @pytest.fixture(params=["local", "fake"])
    def files(self, request: pytest.FixtureRequest, tmp_path: Path) -> Files:
        return FakeFiles() if request.param == "fake" else LocalFiles(tmp_path, "shop/drop.connection")


@pytest.fixture
async def sftp(server: Served) -> AsyncIterator[SftpFiles]:
    files = await server.files()
    yield files
    await files.close()


class TestSftp(DropContract):
    @pytest.fixture
    def files(self, sftp: SftpFiles) -> Files:
        return sftp


class TestS3(DropContract):
    @pytest.fixture
    async def files(self, store: S3Store) -> AsyncIterator[Files]:
        files = await store.open(opening(SECRETS), "drop")
        yield files
        await files.close()


async def test_a_server_that_goes_and_comes_back(server: Served, sftp: SftpFiles) -> None:
    for name in ("a.txt", "b.txt"):
        await sftp.write(f"in/{name}", b"x", False)

    async def work(exchange: Exchange) -> None:
        if not node.state.succeeded:
            await server.stop()

    async with listening(sftp) as node:
        node.works = work
        await until(lambda: node.state.state == "reconnecting", 30)
        assert "cannot be reached" in node.state.error
        await asyncio.sleep(0.5)
        await server.start()
        await until(lambda: node.state.state == "listening" and not node.state.error, 60)
        await until_there(sftp, "in/.done/a.txt", "in/.done/b.txt")
        assert node.paths == ["in/a.txt", "in/b.txt"]
