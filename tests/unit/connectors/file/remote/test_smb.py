import sys
import sysconfig
from collections.abc import AsyncIterator, Iterator
from configparser import ConfigParser
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from impacket.nt_errors import (  # type: ignore[import-untyped]
    STATUS_NO_SUCH_FILE,
    STATUS_OBJECT_NAME_NOT_FOUND,
)
from impacket.ntlm import compute_lmhash, compute_nthash  # type: ignore[import-untyped]
from impacket.smb3structs import SMB2_CREATE  # type: ignore[import-untyped]
from impacket.smbserver import SMBSERVER  # type: ignore[import-untyped]

from airdock.connectors.file.paths import Files
from airdock.connectors.file.stores.smb import SmbStore
from airdock.errors import FlowError
from airdock.spec.connection import Secret
from tests.unit.connectors.file.contract import FilesContract, fails
from tests.unit.connectors.opening import PUBLIC, opening

SECRETS = {"password": "not-to-be-shown", "wrong": "no-password"}


@pytest.fixture(scope="module", autouse=True)
def packages_alone() -> Iterator[None]:
    """The server's package puts programs where those of Python lie; one has the name of the client's package."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [each for each in sys.path if each != sysconfig.get_path("scripts")])
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served")


def as_windows(create: Any, *arguments: Any) -> Any:
    """Windows and Samba say of a file that is not there that its name is not found."""
    answers, packets, status = create(*arguments)
    return answers, packets, STATUS_OBJECT_NAME_NOT_FOUND if status == STATUS_NO_SUCH_FILE else status


@pytest.fixture(scope="module")
def port(folder: Path) -> Iterator[int]:
    config = ConfigParser()
    config["global"] = {
        "server_name": "files",
        "server_os": "tests",
        "server_domain": "tests",
        "log_file": "None",
        "rpc_apis": "yes",
        "credentials_file": "",
        "challenge": "A" * 16,
        "SMB2Support": "True",
    }
    config["IPC$"] = {"comment": "", "read only": "yes", "share type": "3", "path": ""}
    config["ORDERS"] = {"comment": "", "read only": "no", "share type": "0", "path": str(folder)}
    server = SMBSERVER(("127.0.0.1", 0), config_parser=config)
    server.daemon_threads = True
    server.processConfigFile()
    server.addCredential("shop", 0, compute_lmhash(SECRETS["password"]), compute_nthash(SECRETS["password"]))
    original: list[Any] = []
    original.append(server.hookSmb2Command(SMB2_CREATE, lambda *given: as_windows(original[0], *given)))
    thread = Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def store(port: int, password: str = "password", **fields: Any) -> SmbStore:
    given = {"host": "127.0.0.1", "share": "ORDERS", "encrypt": False, **fields}
    return SmbStore(port=port, user="shop", password=Secret(secret=password), **given)


@pytest.fixture
async def files(port: int, folder: Path, tmp_path: Path) -> AsyncIterator[Files]:
    (folder / tmp_path.name / "in put").mkdir(parents=True)
    files = await store(port).open(opening(SECRETS), f"{tmp_path.name}/in put")
    yield files
    await files.close()


class TestSmbFiles(FilesContract):
    pass


@pytest.mark.parametrize("path", ["a:stream", "a?", "in./a", "a "])
async def test_names_that_lead_elsewhere(files: Files, path: str) -> None:
    await fails("path", files.write(path, b"", True))
    await fails("path", files.read(path, 0, 1))


async def refused(store: SmbStore, root: str = "", **options: Any) -> FlowError:
    files = await store.open(opening(SECRETS, **options), root)
    with pytest.raises(FlowError) as caught:
        await files.check()
    await files.close()
    assert not any(secret in str(caught.value) for secret in SECRETS.values())
    return caught.value


async def test_what_does_not_open(port: int) -> None:
    assert (await refused(store(port, "wrong"))).code == "connector.refused"
    assert (await refused(store(9))).code == "connector.unavailable"
    assert (await refused(store(port), root="away")).code == "connector.unavailable"
    assert (await refused(store(port), network=PUBLIC)).code == "connector.network"
