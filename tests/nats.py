"""Servers of NATS for tests: the one of the machine, or one that a test starts, kills and starts again."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from airdock.server.hub_binary import find_binary

SERVER = os.environ.get("AIRDOCK_TEST_NATS", "nats://127.0.0.1:4222")


def nats_server() -> str:
    """The address of the machine's server; the test is skipped where none answers."""
    if not _answers(urlsplit(SERVER).port or 4222):
        pytest.skip(f"no NATS server answers at {SERVER}")
    return SERVER


class OwnServer:
    """A server with JetStream that a test may kill."""

    def __init__(self, folder: Path, configuration: str = "") -> None:
        self.port = _free_port()
        self.url = f"nats://127.0.0.1:{self.port}"
        self._file = folder / "nats.conf"
        self._file.write_text(
            f'listen: "127.0.0.1:{self.port}"\njetstream {{ store_dir: "{folder}/store" }}\n{configuration}'
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        binary = find_binary()
        if binary is None:
            pytest.skip("no NATS server is installed")
        self._process = subprocess.Popen(
            [str(binary), "-c", str(self._file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 20
        while not _answers(self.port):
            assert time.monotonic() < deadline, "the NATS server does not come up"

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def own_server(folder: Path, configuration: str = "") -> Iterator[OwnServer]:
    """A server that runs."""
    server = OwnServer(folder, configuration)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def _free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            return connection.recv(4) == b"INFO"
    except OSError:
        return False
