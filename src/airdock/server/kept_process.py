"""A process beside the flow workers: started when it is needed, and again when it dies."""

import multiprocessing
import sys
import threading
from collections.abc import Callable
from typing import Protocol

from airdock.server.children import MARGIN
from airdock.server.settings import Settings

_PAUSES = (0.1, 1.0, 5.0, 30.0)
"""Seconds before it is started again: after the first end, the second, and so on."""


class Occasion(Protocol):
    """Says when a process is needed; an event of threads, or of processes."""

    def wait(self, timeout: float | None = None) -> bool:
        """Waits until it is, or the time is up."""

    def set(self) -> None:
        """It is."""


class KeptProcess:
    """Keeps one process alive that runs `serve`, which is at the top of a module, until it is stopped.

    Attributes:
        needed: It is started when this is set, or `patience` seconds after `start`.
    """

    def __init__(
        self,
        what: str,
        settings: Settings,
        serve: Callable[[Settings], None],
        needed: Occasion,
        patience: float | None = None,
    ) -> None:
        """`what`: as messages call it, `the management port`."""
        self.needed = needed
        self._what = what
        self._settings = settings
        self._serve = serve
        self._patience = patience
        self._thread: threading.Thread | None = None
        self._process: multiprocessing.process.BaseProcess | None = None
        self._stopping = threading.Event()

    def start(self, stopping: threading.Event) -> None:
        """Begins to wait until it is needed, once; whoever stops sets the event."""
        if self._thread is None:
            self._stopping = stopping
            self._thread = threading.Thread(target=self._keep_alive, name=f"airdock: {self._what}", daemon=True)
            self._thread.start()

    def interrupt(self) -> None:
        """Asks it to stop, at once and without waiting; for a signal handler. The event given to `start` is set."""
        process = self._process
        if process is not None and process.pid is not None and process.is_alive():
            process.terminate()

    def stop(self) -> None:
        """Ends it within the grace period; the event given to `start` is set already."""
        if self._thread is None:
            return
        self.needed.set()
        self.interrupt()
        self._thread.join(self._settings.grace + MARGIN)
        process = self._process
        if process is not None and process.is_alive():
            process.kill()

    def _keep_alive(self) -> None:
        self.needed.wait(self._patience)
        ends = 0
        while not self._stopping.is_set():
            process = multiprocessing.get_context("spawn").Process(
                target=self._serve, args=(self._settings,), name=f"airdock: {self._what}"
            )
            process.start()
            self._process = process
            if self._stopping.is_set():
                process.terminate()
            process.join()
            if self._stopping.is_set():
                return
            pause = _PAUSES[min(ends, len(_PAUSES) - 1)]
            ends += 1
            sys.stderr.write(f"airdock: {self._what} ended; starting it again in {pause:g} s\n")
            self._stopping.wait(pause)
