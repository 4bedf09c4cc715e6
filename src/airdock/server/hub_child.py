"""One server of the hub: a process of its own, for as long as its parent lives."""

import os
import secrets
import subprocess
import sys
import threading
import time
from pathlib import Path

import msgspec

from airdock.connectors.hub.home import HubHome, Running
from airdock.connectors.hub.hub import MOST_BYTES

_PATIENCE = 20.0
"""Seconds that it may take until it listens; it reads what it keeps before."""
_STOP_SECONDS = 5.0
_BEGIN = """\
import ctypes, os, sys
try:
    ctypes.CDLL(None).prctl(1, 15)
except Exception:
    pass
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
"""
"""Where the system can, it ends the server when the parent dies (PR_SET_PDEATHSIG); begun in a new process, as nothing
may be done between fork and exec in one with threads."""


class HubChild:
    """Starts a server that only those find who can read the folder, and ends it."""

    def __init__(self, home: HubHome, binary: Path, lock: int) -> None:
        """`lock`: descriptor of the locked file, which the server holds too, so that the lock lasts as long as it."""
        self._home = home
        token = secrets.token_urlsafe(32)
        self._configure(token)
        for old in home.folder.glob("*.ports"):
            old.unlink(missing_ok=True)
        self._token = token
        command = [sys.executable, "-I", "-S", "-c", _BEGIN, str(os.getpid()), str(binary), "-c", str(self._file)]
        # Ctrl-C reaches every process of a terminal, and the hub ends last.
        self._process = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(lock,),
            start_new_session=True,
        )

    @property
    def _file(self) -> Path:
        return self._home.folder / "nats.conf"

    def announced(self, stopping: threading.Event) -> bool:
        """Waits until it listens, and says where; False when it ended, took too long, or shall stop."""
        ports = self._home.folder / f"nats-server_{self._process.pid}.ports"
        deadline = time.monotonic() + _PATIENCE
        while self._process.poll() is None and time.monotonic() < deadline and not stopping.is_set():
            if url := _address(ports):
                self._home.announce(Running(url, self._token, self._process.pid, os.getpid()))
                return True
            stopping.wait(0.02)
        return False

    def wait(self, stopping: threading.Event) -> None:
        """Waits until it ends, or shall."""
        while self._process.poll() is None and not stopping.wait(0.1):
            pass

    def stop(self) -> None:
        """Ends it, in order if it lets itself be ended so."""
        self._home.file.unlink(missing_ok=True)
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _configure(self, token: str) -> None:
        folder = str(self._home.folder)
        text = _CONFIGURATION.format(
            folder=_quoted(folder), store=_quoted(f"{folder}/store"), log=_quoted(f"{folder}/server.log"),
            token=_quoted(token), size=MOST_BYTES,
        )  # fmt: skip
        with open(os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
            stream.write(text)


_CONFIGURATION = """\
listen: "127.0.0.1:-1"
ports_file_dir: {folder}
log_file: {log}
logfile_size_limit: 10MB
max_payload: {size}
max_pending: 64MB
authorization {{ token: {token} }}
jetstream {{ store_dir: {store}, sync_interval: "250ms" }}
"""


def _address(ports: Path) -> str:
    try:
        found = msgspec.json.decode(ports.read_bytes(), type=dict[str, list[str]])
    except (OSError, msgspec.DecodeError):
        return ""
    return next(iter(found.get("nats", [])), "")


def _quoted(text: str) -> str:
    return msgspec.json.encode(text).decode()
