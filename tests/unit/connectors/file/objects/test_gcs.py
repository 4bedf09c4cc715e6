import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from joserfc import jwt
from joserfc.jwk import RSAKey

from airdock.connectors.file.paths import Files
from airdock.connectors.file.stores.gcs import GcsStore
from airdock.errors import FlowError
from airdock.spec.connection import Secret
from tests.unit.connectors.file.objects.bucket import Bucket, Kept, part
from tests.unit.connectors.file.objects.contract import ObjectFilesContract
from tests.unit.connectors.opening import PUBLIC, opening

KEY = RSAKey.generate_key(2048)
PRIVATE = KEY.as_pem(private=True).decode()


class Google:
    """Google Cloud Storage as its documentation has it, as far as it is used here; and the giver of its tokens."""

    def __init__(self) -> None:
        self.bucket = Bucket()
        self.tokens: list[str] = []
        self.piecemeal = False
        self.url = ""

    async def start(self) -> web.AppRunner:
        app = web.Application()
        app.router.add_post("/token", self.token)
        app.router.add_post("/upload/storage/v1/b/shop/o", self.put)
        app.router.add_get("/storage/v1/b/shop/o", self.page)
        app.router.add_route("*", "/storage/v1/b/shop/o/{key}", self.one)
        app.router.add_post("/storage/v1/b/shop/o/{key}/rewriteTo/b/shop/o/{to}", self.rewrite)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return runner

    async def token(self, request: web.Request) -> web.Response:
        form = await request.post()
        claims = jwt.decode(str(form["assertion"]), KEY, algorithms=["RS256"]).claims
        assert (claims["iss"], claims["aud"]) == ("shop@example.com", f"{self.url}/token")
        self.tokens.append(f"token-{len(self.tokens)}")
        return web.json_response({"access_token": self.tokens[-1], "expires_in": 3600})

    def refusal(self, request: web.Request, key: str) -> web.Response | None:
        if not self.tokens or request.headers.get("Authorization") != f"Bearer {self.tokens[-1]}":
            return web.Response(status=401, text="who are you?")
        wanted = request.query.get("ifGenerationMatch")
        there = self.bucket.objects.get(key)
        if wanted is not None and int(wanted) != (0 if there is None else there.version):
            return web.Response(status=412)
        return None

    async def put(self, request: web.Request) -> web.Response:
        content, key = await request.read(), request.query["name"]
        return self.refusal(request, key) or web.json_response(told(key, self.bucket.put(key, content)))

    async def one(self, request: web.Request) -> web.Response:
        key = request.match_info["key"]
        refusal = self.refusal(request, key)
        if refusal is not None:
            return refusal
        if key not in self.bucket.objects:
            return web.Response(status=404)
        if request.method == "DELETE":
            del self.bucket.objects[key]
            return web.Response(status=204)
        if "alt" not in request.query:
            return web.json_response(told(key, self.bucket.objects[key]))
        status, content = part(self.bucket.objects[key].content, request.headers.get("Range"))
        return web.Response(status=status, body=content)

    async def rewrite(self, request: web.Request) -> web.Response:
        key, to = request.match_info["key"], request.match_info["to"]
        refusal = self.refusal(request, to)
        if refusal is not None:
            return refusal
        if self.piecemeal and "rewriteToken" not in request.query:
            return web.json_response({"done": False, "rewriteToken": "t"})
        self.bucket.put(to, self.bucket.objects[key].content)
        return web.json_response({"done": True})

    async def page(self, request: web.Request) -> web.Response:
        query = request.query
        keys, folders, more = self.bucket.page(
            query.get("prefix", ""), query.get("delimiter", ""), query.get("pageToken", ""), int(query["maxResults"])
        )
        answer: dict[str, Any] = {"items": [told(key, self.bucket.objects[key]) for key in keys], "prefixes": folders}
        return self.refusal(request, "") or web.json_response(answer | ({"nextPageToken": more} if more else {}))


def told(key: str, kept: Kept) -> dict[str, str]:
    updated = datetime.fromtimestamp(kept.modified, UTC).isoformat().replace("+00:00", "Z")
    return {"name": key, "size": str(len(kept.content)), "generation": str(kept.version), "updated": updated}


@pytest.fixture
async def google() -> AsyncIterator[Google]:
    google = Google()
    runner = await google.start()
    yield google
    await runner.cleanup()


def secrets(google: Google) -> dict[str, str]:
    account = {"client_email": "shop@example.com", "private_key": PRIVATE, "token_uri": f"{google.url}/token"}
    return {"key": json.dumps(account), "wrong": json.dumps({**account, "private_key": "secret"}), "text": "secret"}


async def opened(google: Google, key: str = "key", bucket: str = "shop", **options: Any) -> Files:
    store = GcsStore(bucket=bucket, endpoint=google.url, key=Secret(secret=key))
    return await store.open(opening(secrets(google), **options), "in/orders")


class TestGcsFiles(ObjectFilesContract):
    @pytest.fixture
    async def files(self, google: Google) -> AsyncIterator[Files]:
        files = await opened(google)
        yield files
        await files.close()


async def test_a_large_object_is_copied_by_several_questions(google: Google) -> None:
    google.piecemeal = True
    files = await opened(google)
    await files.write("a", b"1", False)
    await files.move("a", "b", False)
    assert list(google.bucket.objects) == ["in/orders/b"]
    await files.close()


async def test_a_token_is_fetched_once_and_again_when_it_is_refused(google: Google) -> None:
    files = await opened(google)
    await files.write("a", b"1", False)
    await files.exists("a")
    assert len(google.tokens) == 1
    google.tokens.append("another")
    assert await files.exists("a")
    google.tokens.append("another still")
    assert await files.read("a", 0, 9) == b"1"
    await files.close()


@pytest.mark.parametrize("key", ["wrong", "text"])
async def test_what_is_no_key(google: Google, key: str) -> None:
    with pytest.raises(FlowError) as caught:
        await opened(google, key)
    assert (caught.value.code, "secret`" in str(caught.value)) == ("connector.failed", False)


async def test_what_does_not_open(google: Google) -> None:
    cases: dict[str, dict[str, Any]] = {"network": {"network": PUBLIC}, "unavailable": {"bucket": "nowhere"}}
    for code, options in cases.items():
        files = await opened(google, **options)
        with pytest.raises(FlowError) as caught:
            await files.check()
        assert caught.value.code == f"connector.{code}"
        await files.close()


async def test_who_is_nobody_is_refused(google: Google) -> None:
    files = await GcsStore(bucket="shop", endpoint=google.url).open(opening(), "")
    with pytest.raises(FlowError) as caught:
        await files.check()
    assert caught.value.code == "connector.refused"
    await files.close()
