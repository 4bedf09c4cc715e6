import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from airdock.connectors.file.remote.sftp import SftpFiles
from airdock.connectors.file.stores.sftp import SftpStore
from airdock.errors import FlowError
from airdock.spec.connection import Secret
from tests.unit.connectors.file.contract import FilesContract, fails, names
from tests.unit.connectors.opening import PUBLIC, opening

HOST_KEY, OTHER_KEY, USER_KEY = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(3))
SECRETS = {
    "password": "s3cret",
    "wrong": "wr0ng",
    "key": USER_KEY.export_private_key("openssh", passphrase="open", rounds=50).decode(),
    "plain": USER_KEY.export_private_key("openssh").decode(),
    "passphrase": "open",
}


def public(key: asyncssh.SSHKey) -> str:
    return key.export_public_key("openssh").decode().strip()


class SshServer(asyncssh.SSHServer):
    def __init__(self, connections: list[asyncssh.SSHServerConnection]) -> None:
        self.connections = connections

    def connection_made(self, connection: asyncssh.SSHServerConnection) -> None:
        self.connections.append(connection)

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("shop", SECRETS["password"])


class Served:
    """A server of SFTP whose folder is one of this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.acceptor: asyncssh.SSHAcceptor | None = None
        self.port = 0
        self.connections: list[asyncssh.SSHServerConnection] = []

    async def start(self) -> None:
        keys = self.folder.parent / "keys"
        keys.write_text(public(USER_KEY))

        def factory(channel: asyncssh.SSHServerChannel[bytes]) -> asyncssh.SFTPServer:
            return asyncssh.SFTPServer(channel, chroot=str(self.folder).encode())

        self.acceptor = await asyncssh.listen(
            "127.0.0.1",
            self.port,
            server_host_keys=[HOST_KEY],
            server_factory=lambda: SshServer(self.connections),
            sftp_factory=factory,
            authorized_client_keys=str(keys),
        )
        self.port = self.acceptor.get_port()

    async def stop(self) -> None:
        if self.acceptor is not None:
            self.acceptor.close()
            await self.acceptor.wait_closed()
        while self.connections:
            connection = self.connections.pop()
            connection.abort()
            await connection.wait_closed()

    def store(self, **fields: Any) -> SftpStore:
        given = {"password": Secret(secret="password")} if "key" not in fields else {}
        common = {"host": "127.0.0.1", "port": self.port, "host_keys": [public(HOST_KEY)], "user": "shop"}
        return SftpStore(**{**common, **given, **fields})

    async def files(self, folder: str = "", **fields: Any) -> SftpFiles:
        return await SftpFiles.open(self.store(**fields), opening(SECRETS), folder)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Served]:
    (tmp_path / "served").mkdir()
    served = Served(tmp_path / "served")
    await served.start()
    yield served
    await served.stop()


async def refusal(files: SftpFiles) -> FlowError:
    with pytest.raises(FlowError) as caught:
        await files.check()
    await files.close()
    return caught.value


class TestSftpFiles(FilesContract):
    @pytest.fixture
    async def files(self, server: Served) -> AsyncIterator[SftpFiles]:
        (server.folder / "root").mkdir()
        files = await server.files("root")
        yield files
        await files.close()


async def test_links_do_not_lead_out(server: Served) -> None:
    (server.folder / "root").mkdir()
    (server.folder / "secret").write_text("s")
    (server.folder / "root/out").symlink_to("..")
    (server.folder / "root/file").symlink_to("../secret")
    files = await server.files("root")
    for path in ("out/secret", "file", "out/new", "out", "out/new/deep"):
        await fails("path", files.read(path, 0, 1))
        await fails("path", files.write(path, b"", True))
        await fails("path", files.append(path, b""))
        await fails("path", files.delete(path))
        await fails("path", files.list(path, "*", True, 1))
        await fails("path", files.mkdir(path))
    await files.write("a", b"", False)
    await fails("path", files.move("a", "out/a", True))
    await fails("path", files.rename("a", "out/a", True))
    assert await names(files, "", "*", True, 10) == ["a"]
    assert sorted(each.name for each in server.folder.iterdir()) == ["root", "secret"]
    await files.close()


async def test_another_server_is_not_spoken_to(server: Served) -> None:
    error = await refusal(await server.files(host_keys=[public(OTHER_KEY)]))
    assert (error.code, "it may be another server" in error.message) == ("connector.refused", True)


async def test_a_user_who_is_not_let_in(server: Served) -> None:
    error = await refusal(await server.files(password=Secret(secret="wrong")))
    assert (error.code, SECRETS["wrong"] in str(error)) == ("connector.refused", False)


@pytest.mark.parametrize(
    "fields", [{"key": "plain"}, {"key": "key", "passphrase": "passphrase"}], ids=["plain", "open"]
)
async def test_a_user_signs_in_by_a_key(server: Served, fields: dict[str, str]) -> None:
    given: dict[str, Any] = {name: Secret(secret=value) for name, value in fields.items()}
    files = await server.files(**given)
    await files.check()
    await files.close()


@pytest.mark.parametrize("fields", [{"key": "password"}, {"key": "key"}, {"host_keys": ["ssh-ed25519 AAAA"]}], ids=str)
async def test_what_is_no_key(server: Served, fields: dict[str, Any]) -> None:
    given: dict[str, Any] = {n: Secret(secret=value) if n == "key" else value for n, value in fields.items()}
    with pytest.raises(FlowError) as caught:
        await server.files(**given)
    assert (caught.value.code, SECRETS["password"] in str(caught.value)) == ("connector.failed", False)


async def test_a_private_address_must_be_allowed(server: Served) -> None:
    files = await SftpFiles.open(server.store(), opening(SECRETS, network=PUBLIC), "")
    assert (await refusal(files)).code == "connector.network"


async def test_a_server_that_goes_and_comes_back(server: Served) -> None:
    files = await server.files()
    await files.write("a", b"1", False)
    await server.stop()
    assert (await refusal_of_read(files)).code == "connector.unavailable"
    await server.start()
    assert await files.read("a", 0, 1) == b"1"
    await files.close()


async def refusal_of_read(files: SftpFiles) -> FlowError:
    """The error once the client has seen that its session has ended."""
    while True:
        try:
            await files.read("a", 0, 1)
        except FlowError as error:
            return error
        await asyncio.sleep(0)


async def test_a_server_that_says_nothing() -> None:
    gone = asyncio.Event()

    async def nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        await writer.wait_closed()
        gone.set()

    silent = await asyncio.start_server(nothing, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    store = SftpStore(host="127.0.0.1", port=port, host_keys=[public(HOST_KEY)], user="shop", timeout=0.2)
    assert (await refusal(await SftpFiles.open(store, opening(), ""))).code == "connector.unavailable"
    await gone.wait()
    silent.close()


async def test_a_folder_that_is_not_there(server: Served) -> None:
    assert (await refusal(await server.files("away"))).code == "connector.unavailable"


async def test_many_copies_within_one_store_do_not_wait_for_each_other(server: Served) -> None:
    files = await server.files(connections=1)
    await files.write("a", b"x" * 100_000, False)

    async def pieces() -> AsyncIterator[bytes]:
        for offset in range(0, 100_000, 30_000):
            yield await files.read("a", offset, 30_000)

    await asyncio.gather(*(files.write(f"copy{number}", pieces(), False) for number in range(4)))
    assert [each["size"] for each in await files.list("", "*", False, 10)] == [100_000] * 5
    await files.close()
