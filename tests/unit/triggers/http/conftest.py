"""Servers that answer over a real socket, each started once."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
FAKE = "tests.unit.triggers.http.fake"
COMMANDS = {
    "rsgi": ["granian", "--interface", "rsgi", "--workers", "1", "--no-access-log", f"{FAKE}:rsgi", "--port"],
    "asgi": ["uvicorn", "--log-level", "warning", "--no-proxy-headers", f"{FAKE}:asgi", "--port"],
}


class Server:
    """A server in a process of its own."""

    def __init__(self, kind: str, log: Path) -> None:
        self.kind = kind
        self.log = log
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *COMMANDS[kind], str(self.port)], cwd=ROOT, stdout=output, stderr=output
            )

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if self.send(b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"):
                    return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError(f"the server did not answer: {self.log.read_text()}")

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=5)

    def send(self, raw: bytes, *, half_close: bool = False) -> bytes:
        """Sends bytes and returns all that comes back until the server closes."""
        with self.connect() as connection:
            try:
                connection.sendall(raw)
                if half_close:
                    connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # the server answered and closed before it had everything
            return b"".join(_received(connection))

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


def _received(connection: socket.socket) -> Iterator[bytes]:
    try:
        while data := connection.recv(65536):
            yield data
    except ConnectionResetError:
        return


@pytest.fixture(scope="session", params=["rsgi", "asgi"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Each face of the handler behind its server."""
    started = Server(request.param, tmp_path_factory.mktemp("server") / f"{request.param}.log")
    try:
        started.wait_until_ready()
        yield started
    finally:
        started.stop()
