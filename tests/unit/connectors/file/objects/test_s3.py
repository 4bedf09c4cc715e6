import uuid
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.request import Request, urlopen

import pytest
from aiohttp import web
from moto.server import ThreadedMotoServer

from airdock.connectors.file.objects import s3
from airdock.connectors.file.paths import Files
from airdock.connectors.file.stores.s3 import S3Store
from airdock.errors import FlowError
from airdock.spec.connection import Secret
from tests.unit.connectors.file.objects.contract import ObjectFilesContract
from tests.unit.connectors.http.peers import serving
from tests.unit.connectors.opening import PUBLIC, opening

SECRETS = {"id": "AKIAIOSFODNN7EXAMPLE", "key": "not-to-be-shown"}


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def store(endpoint: str) -> S3Store:
    bucket = f"shop-{uuid.uuid4().hex}"
    urlopen(Request(f"{endpoint}/{bucket}", method="PUT")).close()
    return made(endpoint, bucket)


def made(endpoint: str, bucket: str, **fields: Any) -> S3Store:
    keys = {"access_key": Secret(secret="id"), "secret_key": Secret(secret="key")}
    return S3Store(endpoint=endpoint, bucket=bucket, path_style=True, **{**keys, **fields})


class TestS3Files(ObjectFilesContract):
    @pytest.fixture
    async def files(self, store: S3Store) -> AsyncIterator[Files]:
        files = await store.open(opening(SECRETS), "in/orders")
        yield files
        await files.close()


async def test_a_store_that_gives_more_than_it_is_asked_for() -> None:
    sent = 0

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        response.content_length = 2**40
        await response.prepare(request)
        while True:
            await response.write(b"0123456789" * 10_000)
            sent += 100_000

    async with serving(answer) as peer:
        files = await made(peer.url, "shop").open(opening(SECRETS), "")
        assert await files.read("endless", 300_003, 5) == b"34567"
        await files.close()
    assert sent < 50_000_000


async def test_what_is_large_is_put_in_parts(store: S3Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3, "_PART", 5 * 1024**2)
    files = await store.open(opening(SECRETS), "")
    content = bytes(range(256)) * (11 * 4096)

    async def pieces() -> AsyncIterator[bytes]:
        for offset in range(0, len(content), 1_000_000):
            yield content[offset : offset + 1_000_000]

    assert await files.write("large", pieces(), False) == len(content)
    assert await files.read("large", 0, len(content)) == content
    with pytest.raises(FlowError) as caught:
        await files.write("large", pieces(), False)
    assert caught.value.code == "connector.file.exists"
    await files.close()


async def refused(store: S3Store, **options: Any) -> FlowError:
    files = await store.open(opening(SECRETS, **options), "")
    with pytest.raises(FlowError) as caught:
        await files.check()
    await files.close()
    assert SECRETS["key"] not in str(caught.value)
    return caught.value


async def test_a_bucket_that_is_not_there(endpoint: str) -> None:
    error = await refused(made(endpoint, "nowhere"))
    assert (error.code, "NoSuchBucket" in error.message) == ("connector.unavailable", True)


async def test_a_private_address_must_be_allowed(store: S3Store) -> None:
    assert (await refused(store, network=PUBLIC)).code == "connector.network"


async def test_a_store_that_is_away() -> None:
    assert (await refused(made("http://127.0.0.1:9", "nowhere", timeout=5.0))).code == "connector.unavailable"


async def test_nothing_of_the_machine_is_used(store: S3Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "of-the-machine")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of-the-machine")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    files = await store.open(opening(SECRETS), "")
    await files.check()
    await files.close()
