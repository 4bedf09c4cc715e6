import asyncio
from typing import Any

import pytest
from aiohttp import web

from airdock.connectors.http.calls import Call
from airdock.connectors.http.connection import HttpConnection
from airdock.connectors.http.oauth import OAuth2Auth
from airdock.connectors.http.schemes import Auth
from airdock.errors import FlowError
from airdock.spec.connection import Secret
from tests.unit.connectors.http.peers import connected, serving
from tests.unit.connectors.http.test_step import http, problems
from tests.unit.flows import Flows

SECRETS = {"client": "s3cret/&", "refresh": "r0"}


class Login:
    """A service and its authorization server in one: it takes the newest token alone."""

    def __init__(self, life: Any = 3600) -> None:
        self.given: list[dict[str, str]] = []
        self.basic: list[str] = []
        self.token = ""
        self.life = life
        self.refuse = 0
        self.asked = asyncio.Event()

    async def __call__(self, request: web.BaseRequest) -> web.Response:
        if request.path != "/token":
            return web.Response(status=200 if request.headers.get("Authorization") == f"Bearer {self.token}" else 401)
        fields = {name: str(value) for name, value in (await request.post()).items()}
        self.given.append(fields)
        self.asked.set()
        self.basic.append(request.headers.get("Authorization", ""))
        await asyncio.sleep(0.01)
        if self.refuse:
            return web.json_response(
                {"error": "invalid_client", "error_description": "no such client"}, status=self.refuse
            )
        self.token = f"t{len(self.given)}"
        reply = {"access_token": self.token, "token_type": "Bearer", "expires_in": self.life}
        if fields["grant_type"] == "refresh_token":
            reply["refresh_token"] = f"r{len(self.given)}"
        return web.json_response(reply)


def connection(url: str, **fields: Any) -> HttpConnection:
    auth = Auth(type="oauth2")
    given = {"client_id": "me", "client_secret": Secret(secret="client"), **fields}
    auth.options = OAuth2Auth(token_url=f"{url}/token", **given)
    return HttpConnection(url=url, auth=auth)


async def test_a_token_is_fetched_once_for_all_and_kept() -> None:
    login = Login()
    async with serving(login) as peer, connected(connection(peer.url, scope="a b"), secrets=SECRETS) as client:
        answers = await asyncio.gather(*(client.send(Call("GET", "/x")) for _ in range(20)))
        assert {answer.status for answer in answers} == {200}
        await client.send(Call("GET", "/x"))
        assert login.given == [{"grant_type": "client_credentials", "scope": "a b"}]
        assert login.basic == ["Basic bWU6czNjcmV0JTJGJTI2"]


async def test_a_token_that_is_refused_is_renewed_once_for_all() -> None:
    login = Login()
    async with serving(login) as peer, connected(connection(peer.url), secrets=SECRETS) as client:
        await client.send(Call("GET", "/x"))
        login.token = "revoked"
        answers = await asyncio.gather(*(client.send(Call("GET", "/x")) for _ in range(20)))
        assert ({answer.status for answer in answers}, len(login.given)) == ({200}, 2)


async def test_a_service_that_always_refuses_is_asked_twice() -> None:
    async def handle(request: web.BaseRequest) -> web.Response:
        return web.json_response({"access_token": "t"}, status=200 if request.path == "/token" else 401)

    async with serving(handle) as peer, connected(connection(peer.url), secrets=SECRETS) as client:
        assert (await client.send(Call("GET", "/x"))).status == 401
        assert [each[1] for each in peer.requests] == ["/token", "/x", "/token", "/x"]


@pytest.mark.parametrize("life", [0, "0", "-1"])
async def test_a_token_that_has_ended_is_renewed_before(life: Any) -> None:
    login = Login(life)
    async with serving(login) as peer, connected(connection(peer.url), secrets=SECRETS) as client:
        assert [(await client.send(Call("GET", "/x"))).status for _ in range(2)] == [200, 200]
        assert len(login.given) == 2


async def test_a_refresh_token_that_is_exchanged_is_kept() -> None:
    login = Login(0)
    fields = {"refresh_token": Secret(secret="refresh"), "client": "body", "parameters": {"audience": "x"}}
    async with serving(login) as peer, connected(connection(peer.url, **fields), secrets=SECRETS) as client:
        for _ in range(2):
            await client.send(Call("GET", "/x"))
        assert [each["refresh_token"] for each in login.given] == ["r0", "r1"]
        assert login.given[0] == {
            "grant_type": "refresh_token", "refresh_token": "r0", "client_id": "me", "client_secret": "s3cret/&",
            "audience": "x",
        }  # fmt: skip
        assert login.basic == ["", ""]


async def test_a_caller_that_is_cut_off_takes_the_token_from_nobody() -> None:
    login = Login()
    async with serving(login) as peer, connected(connection(peer.url), secrets=SECRETS) as client:
        first = asyncio.create_task(client.send(Call("GET", "/x")))
        second = asyncio.create_task(client.send(Call("GET", "/x")))
        await login.asked.wait()
        first.cancel()
        assert ((await second).status, len(login.given)) == (200, 1)
        with pytest.raises(asyncio.CancelledError):
            await first


@pytest.mark.parametrize(
    ("status", "code"), [(401, "connector.refused"), (400, "connector.refused"), (503, "connector.unavailable")]
)
async def test_no_token(status: int, code: str) -> None:
    login = Login()
    login.refuse = status
    async with serving(login) as peer, connected(connection(peer.url), secrets=SECRETS) as client:
        with pytest.raises(FlowError) as caught:
            await client.send(Call("GET", "/x"))
        assert caught.value.code == code
        assert "s3cret" not in str(caught.value)
        if status != 503:
            assert "invalid_client no such client" in caught.value.message
        login.refuse = 0
        assert (await client.send(Call("GET", "/x"))).status == 200


def test_what_an_author_is_told(flows: Flows) -> None:
    auth = {"type": "oauth2", "tokenUrl": "login", "clientId": "x"}
    assert "an address such as https://login.example.com/token" in problems(flows, http(), auth=auth)
