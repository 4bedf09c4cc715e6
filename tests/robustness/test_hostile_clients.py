"""What hostile clients send to the real server: each gets an answer or is cut off, and nobody else notices."""

import contextlib
import gzip
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.server import AirdockServer, get, output_flow, running, write_files

pytestmark = [pytest.mark.slow, pytest.mark.services]

P = "/services/flow/p"
JSON = "Content-Type: application/json"
PART = b'--B\r\nContent-Disposition: form-data; name="a%d"\r\n\r\nx\r\n'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AirdockServer]:
    folder = tmp_path_factory.mktemp("flows")
    show = "${[request.queryAll, request.headers, request.cookies, request.params, request.path]}"
    call = {"type": "flow", "module": "/p/again.flow"}
    flows = {
        "hello": output_flow("hello"),
        "echo": {"steps": [{"type": "set", "body": "${body}"}]},
        "form": {"steps": [{"type": "set", "body": "${request.form}"}]},
        "show": {"path": "/show/{id}", "steps": [{"type": "set", "body": show}]},
        "header": {"steps": [{"type": "respond", "headers": {"x-q": "${request.query.q}"}}]},
        "sum": {"steps": [{"type": "transform", "expression": "$sum(body.(a * b))"}]},
        "regex": {"steps": [{"type": "transform", "expression": "$match(body, /^(a+)+$/)"}]},
        "cross": {"steps": [{"type": "transform", "expression": "body@$a.body@$b.{'x': $a, 'y': $b}"}]},
        "again": {"steps": [{"type": "try", "steps": [call], "catch": [{"steps": [call]}]}]},
        "log": {"steps": [{"type": "log", "message": "got ${body}"}]},
    }
    write_files(folder, {f"p/{name}.flow": flow for name, flow in flows.items()})
    with running(folder, tmp_path_factory.mktemp("home")) as server:
        yield server


def request(method: str, path: str, *fields: str, body: bytes = b"", length: bool = True) -> bytes:
    if body and length:
        fields = (*fields, f"Content-Length: {len(body)}")
    head = [f"{method} {path} HTTP/1.1", "Host: a", "Connection: close", *fields]
    return "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body


def post(flow: str, body: bytes, *fields: str) -> bytes:
    return request("POST", f"{P}/{flow}.flow", *(fields or (JSON,)), body=body)


CHUNKED = "Transfer-Encoding: chunked"
MULTIPART = "Content-Type: multipart/form-data; boundary=B"
ATTACKS: dict[str, tuple[bytes, tuple[int, ...]]] = {
    "dots": (request("GET", f"{P}/../p/hello.flow"), (400,)),
    "encoded dots": (request("GET", f"{P}/%2e%2e/%2e%2e/etc/passwd"), (400,)),
    "encoded slash": (request("GET", "/services/flow/..%2f..%2fetc%2fpasswd"), (400,)),
    "script": (request("GET", f"{P}/hello.py"), (404,)),
    "zero byte": (request("GET", f"{P}/hello.flow%00"), (400,)),
    "line break": (request("GET", f"{P}/a%0d%0aset-cookie:x"), (400,)),
    "escapes": (request("GET", f"{P}/show/%e2%80%ae%f0%9f%98%80%ff"), (200,)),
    "long path": (request("GET", "/" + "a/" * 20_000), (404, 414)),
    "query flood": (request("GET", f"{P}/show/1?" + "a=1&" * 10_000), (400,)),
    "header flood": (request("GET", f"{P}/show/1", *(f"X-{n}: a" for n in range(5000))), (431,)),
    "huge header": (request("GET", f"{P}/show/1", "X: " + "a" * 300_000), (200, 431)),
    "cookie flood": (request("GET", f"{P}/show/1", "Cookie: " + "a=1; " * 50_000), (200,)),
    "response splitting": (request("GET", f"{P}/header.flow?q=a%0d%0aset-cookie:b=1"), (500,)),
    "no http": (b"\x16\x03\x01\x00\xc6" + bytes(range(256)) + b"\r\n\r\n", (400,)),
    "two lengths": (request("POST", f"{P}/echo.flow", "Content-Length: 1", "Content-Length: 2", body=b"ab"), (400,)),
    "negative length": (request("POST", f"{P}/echo.flow", "Content-Length: -1"), (400,)),
    "huge length": (request("POST", f"{P}/echo.flow", "Content-Length: 999999999999"), (413,)),
    "bad chunk": (request("POST", f"{P}/echo.flow", CHUNKED, body=b"zz\r\n", length=False), (400,)),
    "tiny chunks": (
        request("POST", f"{P}/echo.flow", CHUNKED, body=b"1\r\nx\r\n" * 20_000 + b"0\r\n\r\n", length=False), (200,),
    ),
    "trace": (request("TRACE", f"{P}/hello.flow"), (405,)),
    "nesting": (post("echo", b"[" * 1_000_000), (400,)),
    "closed nesting": (post("echo", b"[" * 2_000_000 + b"]" * 2_000_000), (400,)),
    "many lists": (post("echo", b"[" + b"[]," * 300_000 + b"[]]"), (200,)),
    "huge integer": (post("echo", b"1" * 1_000_000), (400,)),
    "integer in an expression": (post("sum", b'[{"a": 1' + b"0" * 400 + b', "b": 2}]'), (200, 500)),
    "half of a character": (post("echo", b'"\\ud800"'), (400,)),
    "no number": (post("echo", b"[NaN]"), (400,)),
    "charset": (post("echo", b"a" * 10_000, "Content-Type: text/plain; charset=idna"), (400,)),
    "content type": (post("echo", b"{}", "Content-Type: application/json" + ';a="\\' * 20_000), (200, 400)),
    "regular expression": (post("regex", b'"' + b"a" * 40 + b'b"'), (500,)),
    "product": (post("cross", b"[" + b"1," * 3000 + b"1]"), (500,)),
    "calls without end": (request("GET", f"{P}/again.flow"), (500,)),
    "parts": (post("form", b"".join(PART % n for n in range(20_000)) + b"--B--\r\n", MULTIPART), (400,)),
    "part's head": (
        post("form", b'--B\r\nContent-Disposition: form-data; name="a"\r\nX: ' + b"a" * 1_000_000, MULTIPART), (400,),
    ),
    "dashes": (post("form", b"--B\r\n" + b"\r\n--" * 500_000, MULTIPART), (400,)),
    "fields": (post("form", b"a=b&" * 100_000, "Content-Type: application/x-www-form-urlencoded"), (400,)),
    "bomb": (
        post("echo", gzip.compress(bytes(50_000_000)), "Content-Type: text/plain", "Content-Encoding: gzip"), (413,),
    ),
    "members": (
        post("echo", gzip.compress(b"") * 10_000, "Content-Type: text/plain", "Content-Encoding: gzip"), (400,),
    ),
    "log": (post("log", b"\x1b[2J\nforged line " + b"x" * 1_000_000, "Content-Type: text/plain"), (200,)),
}  # fmt: skip


def talk(server: AirdockServer, data: bytes) -> bytes:
    """All that the server answers."""
    answer = bytearray()
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        # The answer may come, and the connection end, before all was sent.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(data)
        while data := connection.recv(65536):
            answer += data
    return bytes(answer)


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_gets_an_answer_and_nobody_else_notices(server: AirdockServer, name: str) -> None:
    data, statuses = ATTACKS[name]
    workers = server.child_pids()
    answer = talk(server, data)
    assert answer[:9] in (b"HTTP/1.1 ", b"HTTP/1.0 "), answer[:200]
    assert int(answer[9:12]) in statuses, answer[:500]
    head = answer.partition(b"\r\n\r\n")[0].lower()
    assert b"traceback" not in answer.lower()
    assert b"set-cookie" not in head
    assert_serves(server)
    assert server.child_pids() == workers
    assert "\x1b" not in server.errors


def assert_serves(server: AirdockServer) -> None:
    began = time.monotonic()
    assert get(f"{server.url}/health/live").status_code == 200
    assert get(f"{server.url}{P}/hello.flow").text == "hello"
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"GET /services/flow/p/hello.flow HTTP/1.1\r\nHost: a\r\nX",
        request("POST", f"{P}/echo.flow", "Content-Length: 100", body=b"x", length=False),
        request("GET", f"{P}/hello.flow").replace(b"close", b"keep-alive"),
    ],
)
def test_clients_that_come_and_say_no_more_hold_nobody_up(server: AirdockServer, beginning: bytes) -> None:
    silent = [socket.create_connection(("127.0.0.1", server.port), timeout=30) for _ in range(300)]
    try:
        for connection in silent:
            connection.sendall(beginning)
        assert_serves(server)
    finally:
        for connection in silent:
            connection.close()
    assert_serves(server)


def test_clients_that_go_before_their_answer_leave_nothing_open(server: AirdockServer) -> None:
    (worker,) = server.child_pids()
    before = len(list(Path(f"/proc/{worker}/fd").iterdir()))
    for _ in range(200):
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
            connection.sendall(post("echo", b"[" + b"1," * 10_000 + b"1]"))
    assert_serves(server)
    server.wait_for(lambda: len(list(Path(f"/proc/{worker}/fd").iterdir())) <= before + 5, "closed connections")
