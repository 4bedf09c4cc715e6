import asyncio
import socket
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from airdock.connectors.file.paths import Files
from airdock.connectors.file.remote.ftp_session import read_facts
from airdock.connectors.file.stores.ftp import FtpStore
from airdock.errors import FlowError
from airdock.spec.connection import Secret
from tests.unit.connectors.file.contract import FilesContract
from tests.unit.connectors.nats.certificates import make_certificates
from tests.unit.connectors.opening import LOOPBACK, PUBLIC, opening

with warnings.catch_warnings():
    # It is built on a module that Python 3.12 has no more; there it brings its own.
    warnings.simplefilter("ignore", DeprecationWarning)
    from pyftpdlib.authorizers import DummyAuthorizer  # type: ignore[import-untyped]
    from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler  # type: ignore[import-untyped]
    from pyftpdlib.ioloop import IOLoop  # type: ignore[import-untyped]
    from pyftpdlib.servers import FTPServer  # type: ignore[import-untyped]

SECRETS = {"password": "not-to-be-shown", "wrong": "no-password"}


class Served:
    """A server of FTP whose folder is one of this machine."""

    def __init__(self, folder: Path, handler: type[Any]) -> None:
        self.folder = folder
        authorizer = DummyAuthorizer()
        authorizer.add_user("shop", SECRETS["password"], str(folder), perm="elradfmwMT")
        own = type("Handler", (handler,), {"authorizer": authorizer, "auth_failed_timeout": 0})
        self._loop = IOLoop()
        self._server = FTPServer(("127.0.0.1", 0), own, ioloop=self._loop)
        self.port = self._server.address[1]
        self._ended = Event()
        self._thread = Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while not self._ended.is_set():
            self._loop.loop(timeout=0.01, blocking=False)
        self._server.close_all()
        self._loop.close()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    def store(self, password: str = "password", **fields: Any) -> FtpStore:
        given = {"security": "none", **fields}
        return FtpStore(host="127.0.0.1", port=self.port, user="shop", password=Secret(secret=password), **given)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = Served(tmp_path_factory.mktemp("served"), FTPHandler)
    yield served
    served.stop()


@pytest.fixture(scope="module", params=["explicit", "implicit"])
def encrypted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Any]]:
    certificates = make_certificates(tmp_path_factory.mktemp("certificates"))
    options: dict[str, Any] = {
        "certfile": str(certificates.server),
        "keyfile": str(certificates.server_key),
        "tls_control_required": True,
        "tls_data_required": True,
    }
    if request.param == "implicit":
        options["handle"] = implicit
    served = Served(tmp_path_factory.mktemp("encrypted"), type("Handler", (TLS_FTPHandler,), options))
    fields = {"security": request.param, "ca_file": "p/ca.pem"}
    yield served, (fields, {"p/ca.pem": certificates.ca.read_bytes()})
    served.stop()


def implicit(self: Any) -> None:
    """Encryption from the first byte."""
    self.secure_connection(self.ssl_context)
    TLS_FTPHandler.handle(self)


class TestFtpFiles(FilesContract):
    exclusive = False

    @pytest.fixture
    async def files(self, server: Served, tmp_path: Path) -> AsyncIterator[Files]:
        (server.folder / tmp_path.name / "in put").mkdir(parents=True)
        files = await server.store().open(opening(SECRETS), f"{tmp_path.name}/in put")
        yield files
        await files.close()


async def test_the_way_is_encrypted(encrypted: tuple[Served, Any]) -> None:
    served, (fields, certificates) = encrypted
    files = await served.store(**fields).open(opening(SECRETS, certificates), "/")
    await files.check()
    content = bytes(range(256)) * 2000
    await files.write("a", content, False)
    assert await files.read("a", 100_000, 300_000) == content[100_000:400_000]
    assert await files.read("a", 0, len(content) + 1) == content
    assert [each["size"] for each in await files.list("", "*", False, 1)] == [len(content)]
    await files.delete("a")
    await files.close()


async def refused(store: FtpStore, files: dict[str, bytes] | None = None, network: Any = LOOPBACK) -> FlowError:
    made = await store.open(opening(SECRETS, files, network), "")
    with pytest.raises(FlowError) as caught:
        await made.check()
    await made.close()
    assert not any(secret in str(caught.value) for secret in SECRETS.values())
    return caught.value


async def test_a_certificate_that_nobody_knows(encrypted: tuple[Served, Any]) -> None:
    served, (fields, _) = encrypted
    assert (await refused(served.store(security=fields["security"]))).code == "connector.unavailable"


async def test_a_server_without_encryption_is_told_nothing(server: Served) -> None:
    assert (await refused(server.store(security="explicit"))).code == "connector.failed"


async def test_what_does_not_open(server: Served) -> None:
    assert (await refused(server.store("wrong"))).code == "connector.refused"
    assert (await refused(server.store(), network=PUBLIC)).code == "connector.network"
    away = FtpStore(host="127.0.0.1", port=9, security="none")
    assert (await refused(away)).code == "connector.unavailable"
    files = await server.store().open(opening(SECRETS), "away")
    with pytest.raises(FlowError) as caught:
        await files.check()
    assert caught.value.code == "connector.unavailable"
    await files.close()


async def test_a_server_that_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent_at = silent.getsockname()[1]
        store = FtpStore(host="127.0.0.1", port=silent_at, security="none", timeout=0.2)
        assert (await refused(store)).code == "connector.unavailable"


async def test_who_waits_can_be_cancelled(server: Served) -> None:
    files = await server.store(connections=1).open(opening(SECRETS), "")

    async def never() -> AsyncIterator[bytes]:
        yield b"1"
        await asyncio.Event().wait()

    writing = asyncio.create_task(files.write("never", never(), False))
    await files.write("other", b"1", True)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert await files.exists("never") is False
    await files.close()


@pytest.mark.parametrize(
    ("line", "name", "facts"),
    [
        ("type=file;size=3;modify=20260131120000; a b.csv", "a b.csv", {"type": "file", "size": "3"}),
        ("Type=dir;Perm=el; in", "in", {"type": "dir", "perm": "el"}),
        (" bare", "bare", {}),
        ("type=file; ; x", "; x", {"type": "file"}),
    ],
)
def test_facts(line: str, name: str, facts: dict[str, str]) -> None:
    found, told = read_facts(line)
    assert (found, facts.items() <= told.items()) == (name, True)
