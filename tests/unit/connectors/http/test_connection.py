import pytest

from airdock.connectors.http.connection import HttpConnection, is_name
from airdock.spec.connection import Secret
from tests.unit.connectors.http.peers import echo, opening, serving
from tests.unit.connectors.http.test_step import http, problems, run
from tests.unit.flows import Flows


async def test_headers_of_all_calls(flows: Flows) -> None:
    async with serving(echo) as peer:
        connection = {"headers": {"X-A": "a", "X-B": {"secret": "b"}, "X-C": "c"}}
        await run(flows, peer.url, [http(headers={"X-C": "mine"})], connection=connection, secrets={"b": "value"})
        assert (peer.last["x-a"], peer.last["x-b"], peer.last["x-c"]) == ("a", "value", "mine")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"url": "api.example.com"}, "an address such as https://api.example.com/v2"),
        ({"url": "https://u:p@api.example.com"}, "an address such as"),
        ({"url": "https://api.example.com/?x=1"}, "an address such as"),
        ({"url": "https://api.example.com:70000"}, "no port is larger"),
        ({"url": "https://${config.host}"}, "an address such as"),
        ({"allow": ["https://x.example/path"]}, "a host, *.example.com"),
        ({"allow": ["*"]}, "a host, *.example.com"),
        ({"allow": ["*.*.example.com"]}, "a host, *.example.com"),
        ({"headers": {"Host": "x"}}, "is no name of a header"),
        ({"headers": {"X": "a\r\nb"}}, "has characters that no header has"),
        ({"health": "status"}, "a path such as /health"),
        ({"pool": 0}, "pool"),
    ],
)
def test_what_an_author_is_told(flows: Flows, fields: dict[str, object], told: str) -> None:
    assert told in problems(flows, http(), **fields)


async def test_a_slash_at_the_end_of_the_address_is_none_too_many(flows: Flows) -> None:
    async with serving(echo) as peer:
        assert (await run(flows, f"{peer.url}/v1/", [http(path="/x")])).json()["path"] == "/v1/x"


async def test_nothing_is_called_to_connect() -> None:
    client = await HttpConnection(url="http://nowhere.invalid").connect(opening())
    await client.close()


def test_a_fake_has_no_secrets() -> None:
    headers = {"X-A": "a", "X-B": Secret(secret="b")}
    client = HttpConnection(url="https://a.example", headers=headers).fake()
    assert client.profile.headers == {"X-A": "a"}


def test_names_of_headers() -> None:
    assert [name for name in ("X-A", "x_a", "Content-Type") if not is_name(name)] == []
    assert [
        name for name in ("", "a b", "a:", "Host", "content-length", "Transfer-Encoding", "ä") if is_name(name)
    ] == []
