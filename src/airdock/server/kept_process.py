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


class ProcessEvent:
    """An event that a new process gets as an argument, and whoever made it waits for. Nothing is left of it at the end,
    however the processes end, as there would be of the semaphores of `multiprocessing.Event`."""

    def __init__(self) -> None:
        self._told, self._tell = multiprocessing.Pipe(duplex=False)
        self._set = False

    def wait(self, timeout: float | None = None) -> bool:
        return self._told.poll(timeout)

    def set(self) -> None:
        if not self._set:
            self._set = True
            self._tell.send_bytes(b"1")


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
