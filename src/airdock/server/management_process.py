"""The process of the management port: started beside the flow workers, and again when it dies."""

import multiprocessing
import sys
import threading
from collections.abc import Callable

from airdock.server.children import MARGIN
from airdock.server.settings import Settings

_PAUSES = (0.1, 1.0, 5.0, 30.0)
"""Seconds before it is started again: after the first end, the second, and so on."""
_PATIENCE = 5.0
"""Seconds after which it is started though the flow port is not ready."""


class ManagementProcess:
    """Keeps one process alive that runs `serve`, which is at the top of a module, until it is stopped."""

    def __init__(self, settings: Settings, serve: Callable[[Settings], None]) -> None:
        self._settings = settings
        self._serve = serve
        self._thread: threading.Thread | None = None
        self._process: multiprocessing.process.BaseProcess | None = None
        self._ready = threading.Event()
        self._stopping = threading.Event()

    def start(self, ready: threading.Event, stopping: threading.Event) -> None:
        """Starts it, once, when the flow port is ready: it comes first. Others set the events."""
        if self._thread is None:
            self._ready, self._stopping = ready, stopping
            self._thread = threading.Thread(target=self._keep_alive, name="airdock-management", daemon=True)
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
        self.interrupt()
        self._thread.join(self._settings.grace + MARGIN)
        process = self._process
        if process is not None and process.is_alive():
            process.kill()

    def _keep_alive(self) -> None:
        self._ready.wait(_PATIENCE)
        ends = 0
        while not self._stopping.is_set():
            process = multiprocessing.get_context("spawn").Process(
                target=self._serve, args=(self._settings,), name="airdock-management"
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
            sys.stderr.write(f"airdock: the management port ended; starting it again in {pause:g} s\n")
            self._stopping.wait(pause)
