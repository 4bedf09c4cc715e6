from base64 import b64encode
from collections.abc import AsyncIterator
from email.utils import formatdate
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest
from aiohttp import web

from airdock.connectors.file.objects import azure
from airdock.connectors.file.paths import Files
from airdock.connectors.file.stores.azure import AzureStore
from airdock.errors import FlowError
from airdock.spec.connection import Secret
from tests.unit.connectors.file.objects.bucket import Bucket, Kept, part
from tests.unit.connectors.file.objects.contract import ObjectFilesContract
from tests.unit.connectors.opening import PUBLIC, opening

KEY = b64encode(b"not-to-be-shown").decode()
SECRETS = {"key": KEY, "sas": "?sv=2026&sig=not-to-be-shown", "wrong": "not base 64"}


class Azure:
    """Azure Blob Storage as its documentation has it, as far as it is used here."""

    def __init__(self) -> None:
        self.bucket = Bucket()
        self.blocks: dict[tuple[str, str], bytes] = {}
        self.url = ""

    async def start(self) -> web.AppRunner:
        app = web.Application(client_max_size=64 * 1024**2)
        app.router.add_get("/shopdata/orders", self.page)
        app.router.add_put("/shopdata/orders/{key:.+}", self.put)
        app.router.add_get("/shopdata/orders/{key:.+}", self.get)
        app.router.add_delete("/shopdata/orders/{key:.+}", self.delete)
        app.router.add_route("*", "/{any:.*}", self.nothing)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/shopdata"
        return runner

    async def nothing(self, request: web.Request) -> web.Response:
        return web.Response(status=404, headers={"x-ms-error-code": "ContainerNotFound"})

    def refusal(self, request: web.Request, key: str) -> web.Response | None:
        if (
            not request.headers.get("Authorization", "").startswith("SharedKey shopdata:")
            and "sig" not in request.query
        ):
            return web.Response(status=403, headers={"x-ms-error-code": "AuthenticationFailed"})
        there = self.bucket.objects.get(key)
        if request.headers.get("If-None-Match") == "*" and there is not None:
            return web.Response(status=409, headers={"x-ms-error-code": "BlobAlreadyExists"})
        if request.headers.get("If-Match", tag(there)) != tag(there):
            return web.Response(status=412, headers={"x-ms-error-code": "ConditionNotMet"})
        return None

    async def put(self, request: web.Request) -> web.Response:
        key, content = request.match_info["key"], await request.read()
        refusal = self.refusal(request, key)
        if refusal is not None:
            return refusal
        if request.query.get("comp") == "block":
            self.blocks[key, request.query["blockid"]] = content
            return web.Response(status=201)
        if request.query.get("comp") == "blocklist":
            content = b"".join(self.blocks[key, str(each.text)] for each in ElementTree.fromstring(content))
        source = request.headers.get("x-ms-copy-source")
        if source is None:
            return web.Response(status=201, headers=told(self.bucket.put(key, content)))
        name = unquote(urlsplit(source).path).removeprefix("/shopdata/orders/")
        kept = self.bucket.put(key, self.bucket.objects[name].content)
        return web.Response(status=202, headers={**told(kept), "x-ms-copy-status": "success", "x-ms-copy-id": "1"})

    async def get(self, request: web.Request) -> web.Response:
        key = request.match_info["key"]
        kept = self.bucket.objects.get(key)
        refusal = self.refusal(request, key)
        if refusal is not None or kept is None:
            return refusal or web.Response(status=404, headers={"x-ms-error-code": "BlobNotFound"})
        wanted = request.headers.get("x-ms-range")
        status, content = part(kept.content, wanted)
        headers = {**told(kept), "x-ms-blob-type": "BlockBlob"}
        if status == 416:
            return web.Response(status=416, headers={"x-ms-error-code": "InvalidRange"})
        if status == 206:
            first = int(str(wanted).removeprefix("bytes=").partition("-")[0])
            headers["Content-Range"] = f"bytes {first}-{first + len(content) - 1}/{len(kept.content)}"
        return web.Response(status=status, body=content, headers=headers)

    async def delete(self, request: web.Request) -> web.Response:
        refusal = self.refusal(request, "")
        if refusal is None and self.bucket.objects.pop(request.match_info["key"], None) is None:
            refusal = web.Response(status=404, headers={"x-ms-error-code": "BlobNotFound"})
        return refusal or web.Response(status=202)

    async def page(self, request: web.Request) -> web.Response:
        query = request.query
        keys, folders, more = self.bucket.page(
            query.get("prefix", ""), query.get("delimiter", ""), query.get("marker", ""), int(query["maxresults"])
        )
        blobs = "".join(listed(key, self.bucket.objects[key]) for key in keys)
        prefixes = "".join(f"<BlobPrefix><Name>{escape(each)}</Name></BlobPrefix>" for each in folders)
        document = (
            '<?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="orders">'
            f"<Blobs>{blobs}{prefixes}</Blobs><NextMarker>{escape(more)}</NextMarker></EnumerationResults>"
        )
        return self.refusal(request, "") or web.Response(text=document, content_type="application/xml")


def tag(kept: Kept | None) -> str:
    return "" if kept is None else f'"{kept.version}"'


def told(kept: Kept) -> dict[str, str]:
    return {"ETag": tag(kept), "Last-Modified": formatdate(kept.modified, usegmt=True)}


def listed(key: str, kept: Kept) -> str:
    known = told(kept)
    return (
        f"<Blob><Name>{escape(key)}</Name><Properties><Last-Modified>{known['Last-Modified']}</Last-Modified>"
        f"<Etag>{escape(known['ETag'])}</Etag><Content-Length>{len(kept.content)}</Content-Length>"
        "<BlobType>BlockBlob</BlobType></Properties></Blob>"
    )


@pytest.fixture
async def server() -> AsyncIterator[Azure]:
    server = Azure()
    runner = await server.start()
    yield server
    await runner.cleanup()


async def opened(server: Azure, container: str = "orders", **options: Any) -> Files:
    by = options.pop("by", "key")
    caller: dict[str, Any] = {by: Secret(secret=by)}
    store = AzureStore(account="shopdata", container=container, endpoint=server.url, **caller)
    return await store.open(opening(SECRETS, **options), "in/put")


class TestAzureFiles(ObjectFilesContract):
    @pytest.fixture
    async def files(self, server: Azure) -> AsyncIterator[Files]:
        files = await opened(server)
        yield files
        await files.close()


async def test_what_is_large_is_put_in_blocks(server: Azure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(azure, "_BLOCK", 1_000_000)
    files = await opened(server)
    content = bytes(range(256)) * 10_000
    assert await files.write("large", content, False) == len(content)
    assert len(server.blocks) == 3
    assert await files.read("large", 0, len(content)) == content
    with pytest.raises(FlowError, match="already"):
        await files.write("large", content, False)
    await files.close()


async def test_a_shared_access_signature(server: Azure) -> None:
    files = await opened(server, by="sas")
    await files.write("a", b"1", False)
    await files.move("a", "b", False)
    assert await files.read("b", 0, 9) == b"1"
    await files.close()


@pytest.mark.parametrize(
    ("code", "options"),
    [("network", {"network": PUBLIC}), ("unavailable", {"container": "nowhere"})],
)
async def test_what_does_not_open(server: Azure, code: str, options: dict[str, Any]) -> None:
    files = await opened(server, **options)
    with pytest.raises(FlowError) as caught:
        await files.check()
    assert (caught.value.code, KEY in str(caught.value)) == (f"connector.{code}", False)
    await files.close()


async def test_who_is_nobody_is_refused(server: Azure) -> None:
    files = await AzureStore(account="shopdata", container="orders", endpoint=server.url).open(opening(), "")
    with pytest.raises(FlowError) as caught:
        await files.check()
    assert caught.value.code == "connector.refused"
    await files.close()
