"""The real program in a process of its own, for tests: started, waited for, stopped, and checked for a clean end."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import msgspec

PATIENCE = 30.0
"""Seconds after which a server that does not start or stop is a failure."""


class AirdockServer:
    """`airdock run` on free ports.

    Attributes:
        port, admin_port: Where it answers. url, admin_url: The same as addresses. home: Its state. root: Its root path.
        output, errors: What it printed so far.
    """

    def __init__(
        self,
        folder: Path | None,
        home: Path,
        options: list[str],
        *,
        admin: bool,
        root: str,
        environment: Mapping[str, str],
    ) -> None:
        self.port, self.admin_port = free_ports(2)
        self.url = f"http://127.0.0.1:{self.port}"
        self.admin_url = f"http://127.0.0.1:{self.admin_port}"
        self.home = home
        self.root = root
        command = [sys.executable, "-m", "airdock.cli", "run", *([str(folder)] if folder else [])]
        command += ["--home", str(home), *options]
        command += ["--root-path", root] if root else []
        command += ["--port", str(self.port), "--admin-port", str(self.admin_port) if admin else "0"]
        self._admin = admin
        self._process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
        )
        self._lines: dict[str, list[str]] = {"stdout": [], "stderr": []}
        self._readers = [self._read("stdout"), self._read("stderr")]

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def output(self) -> str:
        return "".join(self._lines["stdout"])

    @property
    def errors(self) -> str:
        return "".join(self._lines["stderr"])

    def wait_ready(self) -> None:
        """Waits until the flow port, and the management port if there is one, answer."""
        for url in (self.url, self.admin_url) if self._admin else (self.url,):
            self.wait_for(partial(_is_ready, f"{url}{self.root}/health/ready"), f"{url} to answer")

    def wait_for(self, condition: Callable[[], Any], what: str, patience: float = PATIENCE) -> None:
        """Waits for a condition; fails when it takes too long or the program has ended."""
        deadline = time.monotonic() + patience
        while not condition():
            assert self._process.poll() is None, f"it ended with {self._process.returncode}\n{self.output}{self.errors}"
            assert time.monotonic() < deadline, f"waited in vain for {what}\n{self.output}{self.errors}"
            time.sleep(0.01)

    def child_pids(self) -> set[int]:
        """The processes that serve: workers, and that of the management port."""
        found = set()
        for task in Path(f"/proc/{self.pid}/task").iterdir():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                found |= {int(pid) for pid in (task / "children").read_text().split()}
        return {pid for pid in found if b"spawn_main" in _command_line(pid)}

    def signal(self, number: int) -> None:
        """Sends a signal to the parent process."""
        self._process.send_signal(number)

    def wait(self) -> int:
        """The exit code, once it has ended."""
        code = self._process.wait(PATIENCE)
        for reader in self._readers:
            reader.join(PATIENCE)
        return code

    def stop(self) -> int:
        """Stops it as a service manager does; the exit code."""
        if self._process.poll() is None:
            self.signal(signal.SIGTERM)
        return self.wait()

    def kill(self) -> None:
        """Ends it at once, whatever state it is in."""
        if self._process.poll() is None:
            self._process.kill()
            self.wait()

    def _read(self, name: str) -> threading.Thread:
        stream = getattr(self._process, name)

        def read() -> None:
            with stream:
                self._lines[name].extend(iter(stream.readline, ""))

        thread = threading.Thread(target=read, daemon=True)
        thread.start()
        return thread


def _is_ready(url: str) -> bool:
    return status_of(url) == 200


def _command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


_CLIENT = httpx.Client(verify=False, trust_env=False, timeout=30, limits=httpx.Limits(max_keepalive_connections=0))


def get(url: str, **options: Any) -> httpx.Response:
    """Sends a request over a connection of its own. It may be called from several threads."""
    return _CLIENT.get(url, **options)


def status_of(url: str) -> int:
    """The status of an answer, 0 when there is none."""
    try:
        return get(url, timeout=5).status_code
    except httpx.TransportError:
        return 0


def write_files(folder: Path, files: Mapping[str, Any]) -> Path:
    """Writes a registry tree: a text as it is, anything else as JSON. Each file appears whole."""
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        text = content.encode() if isinstance(content, str) else msgspec.json.encode(content)
        fresh = file.with_name(f".{file.name}.new")
        fresh.write_bytes(text)
        fresh.replace(file)
    return folder


def output_flow(*messages: str, **fields: Any) -> dict[str, Any]:
    """A flow that writes messages."""
    return {"steps": [{"type": "output", "message": message} for message in messages], **fields}


@contextlib.contextmanager
def running(
    folder: Path | None,
    home: Path,
    *options: str,
    admin: bool = False,
    root: str = "",
    environment: Mapping[str, str] | None = None,
    ends_well: bool = True,
) -> Iterator[AirdockServer]:
    """A server of a folder, of the repository for None, that answers.

    It must end well, in the block or with it, unless told otherwise.
    """
    server = AirdockServer(folder, home, list(options), admin=admin, root=root, environment=environment or {})
    try:
        server.wait_ready()
        yield server
        if ends_well:
            code = server.stop()
            assert code == 0, f"exit code {code}\n{server.output}{server.errors}"
            assert "Traceback" not in server.errors, server.errors
    finally:
        server.kill()
