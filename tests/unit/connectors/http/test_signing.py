import hashlib
import hmac
from base64 import b64encode
from typing import Any

import pytest

from airdock.connectors.http.calls import Call, Sending
from airdock.connectors.http.connection import HttpConnection
from airdock.connectors.http.schemes import Auth
from airdock.connectors.http.signing import AwsAuth, AwsSigner, HmacAuth, canonical_query
from airdock.engine.clock import LoopClock
from airdock.spec.connection import Secret
from tests.unit.connectors.http.peers import connected, echo, serving


class Then(LoopClock):
    """Time stands still at 2015-08-30 12:36:00 UTC, as in the test suite of the specification."""

    def now(self) -> float:
        return 1440938160.0


AWS = AwsAuth(access_key="x", secret_key=Secret(secret="s"), region="us-east-1", service="service")
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


@pytest.mark.parametrize(
    ("method", "url", "signature"),
    [
        # From the specification's test suite: get-vanilla, get-vanilla-query-order-key-case, post-vanilla.
        ("GET", "https://example.amazonaws.com/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        (
            "GET",
            "https://example.amazonaws.com/?Param2=value2&Param1=value1",
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        ),
        ("POST", "https://example.amazonaws.com/", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    ],
)
async def test_the_signature_of_aws(method: str, url: str, signature: str) -> None:
    sending = Sending(method, url, {}, None, 1.0, True)
    await AwsSigner(AWS, "AKIDEXAMPLE", SECRET, "", Then()).sign(sending)
    assert sending.headers == {
        "X-Amz-Date": "20150830T123600Z",
        "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        f"SignedHeaders=host;x-amz-date, Signature={signature}",
    }


async def test_of_s3_the_content_is_signed_and_the_token_of_a_session() -> None:
    spec = AwsAuth(access_key="x", secret_key=Secret(secret="s"), region="us-east-1", service="s3")
    sending = Sending("PUT", "http://127.0.0.1:9000/b/a%20b", {"Content-Type": "text/plain"}, b"x", 1.0, True)
    await AwsSigner(spec, "id", SECRET, "session", Then()).sign(sending)
    assert sending.headers["X-Amz-Content-Sha256"] == hashlib.sha256(b"x").hexdigest()
    names = "content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token"
    assert f"SignedHeaders={names}, " in sending.headers["Authorization"]


def test_the_query_is_encoded_in_the_one_way() -> None:
    assert canonical_query("b=2&a=%7e/&a=&c&a=x%20y") == "a=&a=x%20y&a=~%2F&b=2&c="


@pytest.mark.parametrize(
    ("fields", "signed"),
    [
        ({}, b"body"),
        ({"parts": ["method", "path", "query", "body"]}, b"POST\n/v1/a%20b\nx=1\nbody"),
        ({"parts": ["bodyHash"], "algorithm": "sha512"}, hashlib.sha512(b"body").hexdigest().encode()),
    ],
)
async def test_a_signature_with_a_shared_key(fields: Any, signed: bytes) -> None:
    auth = Auth(type="hmac")
    auth.options = HmacAuth(key=Secret(secret="key"), prefix="v1=", **fields)
    async with serving(echo) as peer:
        connection = HttpConnection(url=f"{peer.url}/v1", auth=auth)
        async with connected(connection, secrets={"key": "k\n"}) as client:
            await client.send(Call("POST", "/a%20b", query="x=1", body=b"body"))
    made = hmac.new(b"k", signed, fields.get("algorithm", "sha256")).hexdigest()
    assert peer.last["x-signature"] == f"v1={made}"
    assert "x-timestamp" not in peer.last


async def test_the_time_is_signed_with_its_header() -> None:
    spec = HmacAuth(key=Secret(secret="key"), parts=["timestamp", "host"], encoding="base64", header="Sig")
    auth = Auth(type="hmac")
    auth.options = spec
    async with (
        serving(echo) as peer,
        connected(HttpConnection(url=peer.url, auth=auth), secrets={"key": "k"}) as client,
    ):
        await client.send(Call("GET", "/x"))
        text = f"{peer.last['x-timestamp']}\n{peer.last['host']}".encode()
        assert len(peer.last["sig"]) == 44
        assert hmac.compare_digest(peer.last["sig"], b64encode(hmac.digest(b"k", text, "sha256")).decode())
