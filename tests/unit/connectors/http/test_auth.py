from typing import Any

import pytest

from airdock.connectors.http.auth import Credentials
from tests.unit.connectors.http.peers import echo, serving
from tests.unit.connectors.http.test_step import http, problems, run, status
from tests.unit.flows import Flows, output

SECRETS = {"user": "ann", "word": "pa:ss", "token": "t0ken\n", "lines": "a\nb"}


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        ({"type": "basic", "user": "joe", "password": {"secret": "word"}}, "authorization", "Basic am9lOnBhOnNz"),
        (
            {"type": "basic", "user": {"secret": "user"}, "password": {"secret": "word"}},
            "authorization",
            "Basic YW5uOnBhOnNz",
        ),
        ({"type": "bearer", "token": {"secret": "token"}}, "authorization", "Bearer t0ken"),
        ({"type": "apiKey", "key": {"secret": "token"}}, "x-api-key", "t0ken"),
        ({"type": "apiKey", "key": {"secret": "token"}, "header": "X-Mine"}, "x-mine", "t0ken"),
    ],
)
async def test_who_calls_is_told_in_a_header(flows: Flows, auth: Any, header: str, value: str) -> None:
    async with serving(echo) as peer:
        await run(flows, peer.url, [http()], connection={"auth": auth}, secrets=SECRETS)
        assert peer.last[header] == value


async def test_a_key_in_the_query_is_not_told(flows: Flows) -> None:
    auth = {"type": "apiKey", "key": {"secret": "word"}, "parameter": "key"}
    async with serving(echo) as peer:
        steps = [http(path="/a?b=c", result="x"), output("${properties.http.url}")]
        result = await run(flows, peer.url, steps, connection={"auth": auth}, secrets=SECRETS)
        assert (peer.requests[0][1], result.text) == ("/a?b=c&key=pa%3Ass", f"{peer.url}/a")
    async with serving(status) as peer:
        result = await run(flows, peer.url, [http(path="/500")], connection={"auth": auth}, secrets=SECRETS)
        assert (result.status, "pa%3Ass" in result.text) == (502, False)


async def test_a_secret_that_no_header_can_hold(flows: Flows) -> None:
    auth = {"type": "bearer", "token": {"secret": "lines"}}
    async with serving(echo) as peer:
        result = await run(flows, peer.url, [http()], connection={"auth": auth}, secrets=SECRETS)
        assert ("connector.secret" in result.text, "a\\nb" in result.text, peer.requests) == (True, False, [])


def test_what_an_author_is_told(flows: Flows) -> None:
    key = {"type": "apiKey", "key": {"secret": "k"}, "header": "X", "parameter": "y"}
    assert "one of the two" in problems(flows, http(), auth=key)
    assert "type" in problems(flows, http(), auth={"type": "magic"})
    assert "password" in problems(flows, http(), auth={"type": "basic", "user": "u", "password": "in the open"})


async def test_credentials_sign_nothing_by_themselves() -> None:
    plain = Credentials({"A": "b"})
    assert (plain.headers, plain.query, plain.signs) == ({"A": "b"}, "", False)
    request: Any = None
    await plain.sign(request)
    assert not plain.renewable(request)
