"""Each face behind its server, over a real socket: what HTTP asks for, and what callers should not do."""

import concurrent.futures
import gzip
import os
import socket
from collections.abc import Iterator

import httpx
import pytest

from airdock.triggers.http import rsgi  # noqa: F401 -- what the server runs
from tests.unit.triggers.http.conftest import Server
from tests.unit.triggers.http.fake import RUN

pytestmark = pytest.mark.services

P = "/services/flow/p"
ECHO = f"{P}/echo.flow"


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=10) as client:
        yield client


@pytest.fixture(autouse=True)
def alive_afterwards(server: Server) -> Iterator[None]:
    yield
    answer = server.send(f"GET {P}/hello.flow?name=Joe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert answer.endswith(b"Hello Joe")
    assert server.process.poll() is None


def test_an_answer(client: httpx.Client) -> None:
    answer = client.get(f"{P}/hello.flow", params={"name": "Joe & Jö"})
    assert (answer.status_code, answer.text) == (200, "Hello Joe & Jö")
    assert (answer.headers["content-type"], answer.headers["airdock-run"]) == ("text/plain; charset=utf-8", RUN)


def test_what_a_flow_sees_of_a_request(client: httpx.Client) -> None:
    headers = [("X-More", "1"), ("X-More", "2"), ("Cookie", "a=1")]
    seen = client.get(f"{P}/orders/a%20b?q=1&q=2", headers=headers).json()
    assert seen["path"] == f"{P}/orders/a b"
    assert (seen["method"], seen["params"], seen["query"]) == ("GET", {"id": "a b"}, {"q": "1"})
    assert (seen["queryAll"], seen["cookies"], seen["remote"]) == ({"q": ["1", "2"]}, {"a": "1"}, "127.0.0.1")
    assert seen["headers"]["x-more"] == "1, 2"


def test_bodies(client: httpx.Client) -> None:
    assert client.post(ECHO, json={"a": 2**70}).json() == {"body": {"a": 2**70}}
    assert client.post(ECHO, data={"a": "1", "b": "ö"}).json() == {"body": {"a": "1", "b": "ö"}}
    assert client.post(ECHO, content="ö", headers={"content-type": "text/plain"}).json() == {"body": "ö"}
    assert client.post(ECHO, content=b"\xff").json() == {"body": "b'\\xff'"}
    assert client.post(ECHO, content=iter([b"ab", b"cd"])).json() == {"body": "b'abcd'"}
    assert client.post(ECHO).json() == {"body": None}
    files = {"file": ("a.txt", b"abc", "text/plain")}
    form = client.post(ECHO, data={"a": "1"}, files=files).json()["body"]
    assert (form["a"], form["file"]["filename"], form["file"]["contentType"]) == ("1", "a.txt", "text/plain")
    packed = {"content-type": "text/plain", "content-encoding": "gzip"}
    assert client.post(ECHO, content=gzip.compress(b"abc"), headers=packed).json() == {"body": "abc"}


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"{", {"content-type": "application/json"}, 400),
        (b"[" * 50_000 + b"]" * 50_000, {"content-type": "application/json"}, 400),
        (b"\xff", {"content-type": "text/plain"}, 400),
        (b"x", {"content-type": "multipart/form-data"}, 400),
        (b"a&" * 5000, {"content-type": "application/x-www-form-urlencoded"}, 400),
        (b"x" * 100_001, {}, 413),
        (gzip.compress(bytes(50_000_000)), {"content-encoding": "gzip"}, 413),
        (b"x", {"content-encoding": "br"}, 415),
    ],
)
def test_bodies_that_are_refused(client: httpx.Client, content: bytes, headers: dict[str, str], status: int) -> None:
    answer = client.post(ECHO, content=content, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_an_endless_body_is_refused(client: httpx.Client) -> None:
    answer = client.post(ECHO, content=iter([b"x" * 40_000] * 3))
    assert answer.status_code == 413


def test_errors_tell_no_secrets(client: httpx.Client) -> None:
    for name, code in (("fail", "step.failed"), ("bug", "internal")):
        answer = client.get(f"{P}/{name}.flow")
        assert (answer.status_code, answer.json()["code"], answer.json()["run"]) == (500, code, RUN)
        assert "secret" not in answer.text


def test_a_flow_that_is_not_enabled(client: httpx.Client) -> None:
    answer = client.get(f"{P}/bad.flow")
    assert (answer.status_code, answer.json()["errors"][0]["line"]) == (503, 3)


def test_methods(client: httpx.Client) -> None:
    refused = client.put(f"{P}/orders/5")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD, POST, OPTIONS")
    assert client.options(f"{P}/orders/5").status_code == 204
    assert client.request("PROPFIND", f"{P}/hello.flow").status_code == 200


@pytest.mark.parametrize("name", ["hello", "large", "fail", "nothing", "inspect"])
def test_head_is_get_without_its_body(client: httpx.Client, name: str) -> None:
    get, head = (client.request(method, f"{P}/{name}.flow") for method in ("GET", "HEAD"))
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert {*get.headers} == {*head.headers}
    if name != "inspect":
        assert head.headers.get("content-length") == get.headers.get("content-length")


def test_flows_that_wait_do_not_wait_for_each_other(client: httpx.Client) -> None:
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: client.get(f"{P}/wait.flow"), range(64)))
    assert {answer.text for answer in answers} == {"waited"}


def raw(method: str, target: str, *headers: str, body: bytes = b"", host: str = "Host: x") -> bytes:
    head = "\r\n".join([f"{method} {target} HTTP/1.1", host, "Connection: close", *headers])
    return head.encode("latin-1") + b"\r\n\r\n" + body


CUT = [
    raw("POST", ECHO, "Content-Length: 10", body=b"abc"),
    raw("POST", ECHO, "Transfer-Encoding: chunked", body=b"3\r\nabc\r\n"),
    raw("POST", ECHO, "Transfer-Encoding: chunked", body=b"zz\r\nabc\r\n"),
]


@pytest.mark.parametrize("request_", CUT)
def test_bodies_that_are_cut_off(server: Server, request_: bytes) -> None:
    answer = server.send(request_, half_close=True)
    # uvicorn drops the connection of a client that sends no more.
    assert answer.startswith(b"HTTP/1.1 400") or (server.kind == "asgi" and answer == b"")


def test_a_body_that_never_comes(server: Server) -> None:
    answer = server.send(raw("POST", ECHO, "Content-Length: 10", body=b"abc"))
    assert answer.startswith(b"HTTP/1.1 408")


ABUSE = {
    "nul in the path": raw("GET", f"{P}/%00"),
    "broken escapes": raw("GET", f"{P}/%zz%?a=%&%zz=%f&%ff"),
    "encoded traversal": raw("GET", f"{P}/%2e%2e/%2e%2e/etc/passwd"),
    "plain traversal": raw("GET", "/services/flow/../../etc/passwd"),
    "backslashes": raw("GET", f"{P}/..%5c..%5cwindows"),
    "many slashes": raw("GET", "//" * 1000),
    "no slash": raw("GET", "services"),
    "star": raw("OPTIONS", "*"),
    "absolute": raw("GET", f"http://elsewhere{P}/none.flow"),
    "connect": raw("CONNECT", "a:80"),
    "trace": raw("TRACE", f"{P}/hello.flow"),
    "huge address": raw("GET", f"{P}/" + "x" * 300_000),
    "query flood": raw("GET", f"{P}/inspect.flow?" + "a=1&" * 10_000),
    "header flood": raw("GET", f"{P}/none.flow", *[f"X-{number}: y" for number in range(5000)]),
    "huge header": raw("GET", f"{P}/none.flow", "X: " + "y" * 1_000_000),
    "two lengths": raw("POST", ECHO, "Content-Length: 3", "Content-Length: 4", body=b"abcd"),
    "negative length": raw("POST", ECHO, "Content-Length: -1"),
    "unknown coding": raw("POST", ECHO, "Transfer-Encoding: gzip", body=b"abc"),
    "split header": raw("GET", f"{P}/none.flow", "X: a\rb: c"),
    "no host": raw("GET", f"{P}/none.flow", host="X: y"),
    "no http": b"\x16\x03\x01\x02\x00\x01\x00" + bytes(200) + b"\r\n\r\n",
    "empty line": b"\r\n\r\n\r\n",
    "long name of a method": raw("X" * 1000, f"{P}/orders/5"),
}


@pytest.mark.parametrize("request_", ABUSE.values(), ids=list(ABUSE))
def test_abuse_is_refused(server: Server, request_: bytes) -> None:
    answer = server.send(request_, half_close=True)
    assert answer == b"" or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4"))
    assert b"Traceback" not in answer


def test_length_and_transfer_encoding_together_smuggle_nothing(server: Server) -> None:
    inner = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    answer = server.send(
        raw("POST", ECHO, "Content-Length: 5", "Transfer-Encoding: chunked", body=b"0\r\n\r\n" + inner)
    )
    assert answer.count(b"HTTP/1.1 ") <= 1


def test_a_websocket_is_refused(server: Server) -> None:
    key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
    upgrade = ("Upgrade: websocket", key, "Sec-WebSocket-Version: 13")
    request = raw("GET", f"{P}/bad.flow", *upgrade).replace(b"Connection: close", b"Connection: Upgrade")
    with server.connect() as connection:
        connection.sendall(request)
        assert connection.recv(100).split()[1] in (b"403", b"404", b"503")


def test_clients_that_go(server: Server) -> None:
    for request in (
        raw("GET", f"{P}/wait.flow"),
        raw("GET", f"{P}/large.flow"),
        raw("POST", ECHO, "Content-Length: 99"),
        b"GET",
    ):
        with server.connect() as connection:
            connection.sendall(request)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def test_noise(server: Server) -> None:
    for size in (1, 10, 100, 1000):
        with server.connect() as connection:
            connection.sendall(os.urandom(size))
