"""Protected flows behind a real server, attacked over the wire."""

import base64
import gzip
import hashlib
import hmac
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest

from airdock.triggers.http import rsgi  # noqa: F401 -- what the server runs
from tests.unit.triggers.http.conftest import Server
from tests.unit.triggers.http.fake import SECRETS

pytestmark = pytest.mark.services

P = "/services/flow/p"


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=10) as client:
        yield client


def sign(body: bytes) -> str:
    return "sha256=" + hmac.new(SECRETS["hook"].encode(), body, hashlib.sha256).hexdigest()


def fresh() -> bytes:
    return b'{"id": "%s"}' % uuid4().hex.encode()


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def raw(server: Server, path: str, *headers: bytes, body: bytes = b"", method: str = "POST") -> int:
    head = [f"{method} {path} HTTP/1.1".encode(), b"Host: x", b"Connection: close", *headers]
    return status(server.send(b"\r\n".join([*head, b"", body])))


def test_a_signed_body(client: httpx.Client) -> None:
    body = fresh()
    headers = {"X-Hub-Signature-256": sign(body), "content-type": "application/json"}
    assert client.post(f"{P}/signed.flow", content=body).status_code == 401
    assert client.post(f"{P}/signed.flow", content=body + b" ", headers=headers).status_code == 401
    answer = client.post(f"{P}/signed.flow", content=body, headers=headers)
    assert (answer.status_code, set(answer.json()["body"])) == (200, {"id"})
    assert client.post(f"{P}/signed.flow", content=body, headers=headers).status_code == 409


def test_a_chunked_body_is_signed_as_a_whole(client: httpx.Client) -> None:
    body = fresh()
    chunks = iter([body[:5], body[5:]])
    answer = client.post(f"{P}/signed.flow", content=chunks, headers={"X-Hub-Signature-256": sign(body)})
    assert answer.status_code == 200


def test_a_packed_body_is_signed_as_it_was_sent(client: httpx.Client) -> None:
    body = fresh()
    packed = gzip.compress(body)
    headers = {"content-encoding": "gzip", "content-type": "application/json"}
    for signed, expected in ((body, 401), (packed, 200)):
        signature = {"X-Hub-Signature-256": sign(signed)}
        answer = client.post(f"{P}/signed.flow", content=packed, headers=headers | signature)
        assert answer.status_code == expected
    assert answer.json()["body"]["id"] in body.decode()


def test_a_body_beyond_the_limit_is_refused_before_it_is_checked(client: httpx.Client) -> None:
    body = b"x" * 100_001
    assert client.post(f"{P}/signed.flow", content=body, headers={"X-Hub-Signature-256": sign(body)}).status_code == 413
    assert client.post(f"{P}/signed.flow", content=iter([body])).status_code == 413


def test_a_signature_twice_is_none(server: Server) -> None:
    body = fresh()
    line = b"X-Hub-Signature-256: " + sign(body).encode()
    length = b"Content-Length: %d" % len(body)
    assert raw(server, f"{P}/signed.flow", line, line, length, body=body) == 401
    assert raw(server, f"{P}/signed.flow", b"x-hub-signature-256: sha256=00", line, length, body=body) == 401
    assert raw(server, f"{P}/signed.flow", line, length, body=body) == 200


def test_a_signature_of_nothing_is_one(server: Server) -> None:
    line = b"X-Hub-Signature-256: " + sign(b"").encode()
    assert raw(server, f"{P}/signed.flow", line, b"Content-Length: 1", body=b"x") == 401
    assert raw(server, f"{P}/signed.flow", line) in (200, 409)


@pytest.mark.parametrize(
    "line",
    [
        b"X-Key: ",
        b"X-Key: key-of-ann, key-of-ann",
        b"X-Key: key-of-ann\r\nX-Key: key-of-ann",
        b"X-Key: key-of-ann\r\nx-key: other",
        b"X_Key: key-of-ann",
        b"X-Key: \xff\xfe",
        b"X-Key: " + b"k" * 5000,
        b"X-Forwarded-X-Key: key-of-ann",
        b"Authorization: key-of-ann",
    ],
)
def test_what_is_no_key(server: Server, line: bytes) -> None:
    assert raw(server, f"{P}/key.flow", line, method="GET") == 401


def test_broken_and_huge_headers_never_pass(server: Server) -> None:
    for line in (b"X-Key : key-of-ann", b"X-Key: a\r\n key-of-ann", b"X-Key: key\0-of-ann", b"X-Key: " + b"k" * 10**6):
        answer = server.send(
            b"GET %s/key.flow HTTP/1.1\r\nHost: x\r\n%s\r\nConnection: close\r\n\r\n" % (P.encode(), line)
        )
        assert not answer or 400 <= status(answer) < 500


def test_a_key_is_not_seen_by_the_flow(client: httpx.Client) -> None:
    answer = client.get(f"{P}/key.flow", headers={"X-Key": "key-of-ann", "X-More": "1"})
    assert answer.status_code == 200
    assert "x-more" in answer.json()["headers"]
    assert "key-of-ann" not in answer.text


def test_basic_credentials(server: Server) -> None:
    good = b"Authorization: Basic " + base64.b64encode(b"ann:pass")
    assert raw(server, f"{P}/basic.flow", good, method="GET") == 200
    for lines in (
        (good, good),
        (good, b"Authorization: Bearer x"),
        (b"Authorization: Bearer x", good),
        (good + b"=",),
        (b"Authorization: Basic ann:pass",),
        (b"Authorization: Basic \xc3\xa9",),
        (b"Proxy-" + good,),
    ):
        assert raw(server, f"{P}/basic.flow", *lines, method="GET") == 401


@pytest.mark.parametrize("path", ["/services/flow-secured/p/hello.flow", "/services/flow-sandbox/ann/p/hello.flow"])
def test_addresses_for_callers_stay_closed(client: httpx.Client, path: str) -> None:
    for spelling in (
        path,
        path.replace("hello", "none"),
        path.replace("p/", "%70/"),
        path.replace("p/", "p%2F"),
        path + "/",
    ):
        answer = client.get(spelling)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="airdock"')


@pytest.mark.parametrize(
    "path",
    [
        f"{P}/%72oles.flow",
        f"{P}/./roles.flow",
        f"{P}//roles.flow",
        "/services/flow//p/roles.flow",
        f"{P}/x/../roles.flow",
        f"{P}%2Froles.flow",
        f"{P}/roles.flow%00",
        f"{P}/roles.flow%2F",
        f"{P}/roles.flow/",
        f"{P}/roles%2eflow",
        f"{P}/roles%252eflow",
        f"{P}/ROLES.flow",
        f"{P}/roles.flow;a=b",
        f"{P}/%EF%BD%92oles.flow",
        "/services/flow-secured/../flow/p/roles.flow",
    ],
)
def test_no_spelling_of_an_address_leads_around_its_role(server: Server, path: str) -> None:
    assert raw(server, path, method="GET") in (400, 401, 404)


def test_a_forged_address_does_not_help_against_a_rate(server: Server) -> None:
    found = [
        raw(server, f"{P}/rate.flow", b"X-Forwarded-For: 10.0.0.%d" % number, b"Forwarded: for=10.0.0.9", method="GET")
        for number in range(3)
    ]
    assert found[1:] == [429, 429]
