"""Servers that a test starts, kills and starts again, each on a port and in a folder of its own."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.nats import own_server

PATIENCE = 30.0
"""Seconds within which a server answers."""


class Server:
    """A server that a test may kill.

    Attributes:
        port: Where it listens, the same one after each start.
    """

    def __init__(
        self,
        port: int,
        command: list[str],
        answers: Callable[[int], bool],
        user: str | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """`user`: as whom it runs, of a test that is root. `environment`: what it sees beside that of the tests."""
        self.port = port
        self._command = command
        self._answers = answers
        self._user = user
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=self._user,
            env=self._environment,
            start_new_session=True,
        )
        deadline = time.monotonic() + PATIENCE
        while not self._answers(self.port):
            assert self._process.poll() is None, f"{self._command[0]} has ended"
            assert time.monotonic() < deadline, f"{self._command[0]} does not come up"
            time.sleep(0.02)

    def kill(self) -> None:
        """As a machine that dies would."""
        self._end(lambda process: os.killpg(process.pid, signal.SIGKILL))

    def stop(self) -> None:
        """In order."""
        self._end(lambda process: process.terminate())

    def _end(self, end: "Callable[[subprocess.Popen[bytes]], None]") -> None:
        process, self._process = self._process, None
        if process is not None:
            end(process)
            process.wait(PATIENCE)


@contextlib.contextmanager
def redis(folder: Path) -> Iterator[Server]:
    """A server of Redis that has on disk what it has taken."""
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
    command = [program("redis-server"), *options, "--appendonly", "yes", "--appendfsync", "always"]
    with _running(Server(port, command, _pong)) as server:
        yield server


@contextlib.contextmanager
def mosquitto(folder: Path) -> Iterator[Server]:
    """A broker of MQTT that keeps what it has when it is stopped, and now and then; what it took last dies with it."""
    port, file = free_port(), folder / "mosquitto.conf"
    file.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location {folder}/\n"
        f"autosave_interval 1\nautosave_on_changes true\n{'user root' if os.getuid() == 0 else ''}\n"
    )
    with _running(Server(port, [program("mosquitto"), "-c", str(file)], _listens)) as server:
        yield server


@contextlib.contextmanager
def nats(folder: Path) -> Iterator[Server]:
    """A server of NATS with JetStream."""
    with own_server(folder) as server:
        server.stop = server.kill  # type: ignore[attr-defined]  # it keeps what it took either way
        yield server  # type: ignore[misc]


@contextlib.contextmanager
def rabbitmq(folder: Path) -> Iterator[Server]:
    """A node of RabbitMQ, which has on disk what it has confirmed."""
    port, plugins = free_port(), folder / "plugins"
    plugins.write_text("[].")
    environment = {
        "HOME": str(folder),
        "RABBITMQ_NODENAME": f"airdock-test-{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(plugins),
        "RABBITMQ_CONFIG_FILE": str(folder / "none"),
        "RABBITMQ_CONF_ENV_FILE": os.devnull,
    }
    # The program of that name may be one of Debian's, which changes to the user of the machine's own node.
    command = [program("rabbitmq-server", "/usr/lib/rabbitmq/bin")]
    with _running(Server(port, command, _speaks_amqp, environment=environment)) as server:
        yield server


@contextlib.contextmanager
def postgres() -> Iterator[Server]:
    """A database of PostgreSQL, in a folder that whoever it runs as can read: it does not run as root."""
    user = "nobody" if os.getuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="airdock-postgres-"))
    try:
        if user is not None:
            os.chown(folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
        data = str(folder / "data")
        subprocess.run(
            [program("initdb"), "-D", data, "-U", "airdock", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale", "C"],
            check=True, capture_output=True, user=user, cwd="/",
        )  # fmt: skip
        port = free_port()
        options = ["-p", str(port), "-h", "127.0.0.1", "-k", str(folder), "-c", "max_connections=30"]
        command = [program("postgres"), "-D", data, *options]
        with _running(Server(port, command, _takes_startup, user)) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _running(server: Server) -> Iterator[Server]:
    server.start()
    try:
        yield server
    finally:
        server.kill()


def program(name: str, *first: str) -> str:
    """The path of a program, looked for in these folders first; the test is skipped where it is not installed."""
    found = shutil.which(
        name, path=os.pathsep.join((*first, os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
    )
    if found is None:
        pytest.skip(f"no {name} server is installed")
    return found


def free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def _speaks_amqp(port: int) -> bool:
    return _says(port, b"AMQP\0\0\x09\x01", b"\x01\0\0")


def _pong(port: int) -> bool:
    return _says(port, b"PING\r\n", b"+PONG")


def _takes_startup(port: int) -> bool:
    """Whether it offers encryption or not, as only a server that is ready says."""
    startup = b"user\0airdock\0database\0postgres\0\0"
    message = (len(startup) + 8).to_bytes(4, "big") + (196608).to_bytes(4, "big") + startup
    return _says(port, message, b"R")


def _says(port: int, asked: bytes, told: bytes) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as connection:
            connection.sendall(asked)
            return connection.recv(len(told)) == told
    except OSError:
        return False
