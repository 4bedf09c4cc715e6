"""The emulated `curl` sends what the real one would."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.docs import curl


class Echo(BaseHTTPRequestHandler):
    """Answers with the request as JSON."""

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        seen = {
            "method": self.command,
            "path": self.path,
            "type": self.headers.get("content-type"),
            "accept": self.headers.get("accept"),
            "authorization": self.headers.get("authorization"),
            "body": body.decode(),
        }
        text = json.dumps(seen).encode()
        self.send_response(201)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = answer  # noqa: N815 -- names that the library looks for

    def log_message(self, format: str, *arguments: Any) -> None:
        """Says nothing: the tests' output is for tests."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def seen(command: str, folder: Path) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(curl.run(command, folder))
    return answer


def test_plain_get(address: str, tmp_path: Path) -> None:
    answer = seen(f"curl -s 'http://{address}/a?x=1&y=2'", tmp_path)
    assert (answer["method"], answer["path"], answer["body"]) == ("GET", "/a?x=1&y=2", "")


def test_data_is_a_form_that_is_posted(address: str, tmp_path: Path) -> None:
    answer = seen(f"curl -d a=1 --data-urlencode 'b=x y' {address}/", tmp_path)
    assert (answer["method"], answer["body"]) == ("POST", "a=1&b=x%20y")
    assert answer["type"] == "application/x-www-form-urlencoded"


def test_headers_and_method_win(address: str, tmp_path: Path) -> None:
    answer = seen(f"""curl -X PUT -H 'Content-Type: application/json' -d '{{"a": 1}}' {address}/""", tmp_path)
    assert (answer["method"], answer["type"], answer["body"]) == ("PUT", "application/json", '{"a": 1}')


def test_json_sets_type_and_accept(address: str, tmp_path: Path) -> None:
    answer = seen(f"curl --json '{{}}' {address}/", tmp_path)
    assert (answer["method"], answer["type"], answer["accept"]) == ("POST", "application/json", "application/json")


def test_a_user_and_a_password(address: str, tmp_path: Path) -> None:
    assert seen(f"curl -u ann:geheim {address}/", tmp_path)["authorization"] == "Basic YW5uOmdlaGVpbQ=="


def test_files_are_sent(address: str, tmp_path: Path) -> None:
    (tmp_path / "order.json").write_text("[1]")
    assert seen(f"curl --data-binary @order.json {address}/", tmp_path)["body"] == "[1]"
    form = seen(f"curl -F kind=a -F 'file=@order.json;type=text/plain' {address}/", tmp_path)
    assert form["type"].startswith("multipart/form-data; boundary=")
    assert 'filename="order.json"' in form["body"]
    assert "text/plain" in form["body"]


def test_include_shows_status_and_headers(address: str, tmp_path: Path) -> None:
    printed = curl.run(f"curl -i {address}/", tmp_path)
    assert printed.startswith("HTTP/1.1 201 Created\n")
    assert "\n\n{" in printed


def test_head(address: str, tmp_path: Path) -> None:
    assert curl.run(f"curl -I {address}/", tmp_path).startswith("HTTP/1.1 201 Created\n")


@pytest.mark.parametrize("command", ["curl --proxy x http://127.0.0.1/", "curl -s http://127.0.0.1/ | jq ."])
def test_what_is_not_known_is_refused(command: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not known here"):
        curl.run(command, tmp_path)
