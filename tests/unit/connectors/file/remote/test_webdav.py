import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wsgi import get_input_stream
from wsgidav.wsgidav_app import WsgiDAVApp  # type: ignore[import-untyped]

from airdock.connectors.file.paths import Files
from airdock.connectors.file.stores.webdav import WebDavStore
from airdock.errors import FlowError
from airdock.spec.connection import Secret
from tests.unit.connectors.file.contract import FilesContract, fails, names
from tests.unit.connectors.opening import PUBLIC, opening

SECRETS = {"password": "not-to-be-shown", "wrong": "no-password"}


class Handler(WSGIRequestHandler):
    def log(self, *arguments: Any) -> None:
        pass


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    config = {
        "provider_mapping": {"/": str(folder)},
        "simple_dc": {"user_mapping": {"*": {"shop": {"password": SECRETS["password"]}}}},
        "http_authenticator": {"accept_digest": False, "default_to_digest": False},
        "logging": {"enable": False},
        "verbose": 0,
    }
    application = WsgiDAVApp(config)

    def bounded(environ: dict[str, Any], start: Any) -> Any:
        # The application reads more than was sent.
        environ["wsgi.input"] = get_input_stream(environ)
        return application(environ, start)

    server = make_server("127.0.0.1", 0, bounded, request_handler=Handler)
    logging.getLogger("wsgidav").disabled = True
    thread = Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def store(url: str, password: str = "password", **fields: Any) -> WebDavStore:
    return WebDavStore(url=url, user="shop", password=Secret(secret=password), **fields)


@pytest.fixture
async def files(url: str, folder: Path, tmp_path: Path) -> AsyncIterator[Files]:
    (folder / tmp_path.name / "in put").mkdir(parents=True)
    files = await store(f"{url}/{tmp_path.name}/").open(opening(SECRETS), "in put")
    yield files
    await files.close()


class TestWebDavFiles(FilesContract):
    pass


async def test_names_are_nothing_but_names(files: Files, folder: Path, tmp_path: Path) -> None:
    strange = ["%2e%2e", "a b", "größe", "a+b&c=d", "a%20b", "'a'"]
    for name in strange:
        await files.write(f"in/{name}", name.encode(), False)
        await files.move(f"in/{name}", f"out/{name}", False)
    assert await names(files, "", "*", True, 100) == sorted(f"out/{name}" for name in strange)
    await fails("missing", files.read("%2e%2e/x", 0, 1))
    assert [each.name for each in (folder / tmp_path.name).iterdir()] == ["in put"]


async def test_folders_are_no_files(files: Files) -> None:
    await files.write("in/a", b"", False)
    await fails("denied", files.delete("in"))
    await fails("denied", files.list("in/a", "*", False, 1))
    await fails("exists", files.write("in", b"", False))


async def refused(store: WebDavStore, **options: Any) -> FlowError:
    files = await store.open(opening(SECRETS, **options), "")
    with pytest.raises(FlowError) as caught:
        await files.check()
    await files.close()
    assert not any(secret in str(caught.value) for secret in SECRETS.values())
    return caught.value


async def test_what_does_not_open(url: str) -> None:
    assert (await refused(store(url, "wrong"))).code == "connector.refused"
    assert (await refused(store(f"{url}/nowhere"))).code == "connector.unavailable"
    assert (await refused(store("http://127.0.0.1:9"))).code == "connector.unavailable"
    assert (await refused(store(url), network=PUBLIC)).code == "connector.network"


async def test_a_token(url: str) -> None:
    made = WebDavStore(url=url, token=Secret(secret="wrong"))
    assert (await refused(made)).code == "connector.refused"
