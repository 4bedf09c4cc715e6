"""The processes of a server, started and stopped in order: flow workers, management port, jobs, listeners, the hub."""

import asyncio
import math
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from http.client import HTTPConnection, HTTPException
from multiprocessing.process import BaseProcess
from typing import Any

from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from airdock.server.children import MARGIN, begin_child, fail, has_terminal, ignore_interrupts
from airdock.server.hub_process import HubProcess
from airdock.server.kept_process import KeptProcess, Occasion, ProcessEvent
from airdock.server.open_files import most_connections, raise_limit
from airdock.server.settings import Settings

Loader = Callable[[Settings, Occasion], Any]
"""Makes an RSGI application in the process that serves it, which says when there are jobs or listeners; a function at
the top of a module."""
Serve = Callable[[Settings], None]
"""Serves in a process of its own; a function at the top of a module."""

_RESTARTS = (1.0, 2.0, 5.0, 10.0)
"""Seconds before the workers are started anew after they ended again and again."""
_CONNECTIONS = 4096
_PATIENCE = 5.0
"""Seconds after which the management port is started though the flow port is not ready."""
_HEADER_MS = 30_000
"""How long a connection may take to send the head of its first or next request."""


class FlowServer(MPServer):
    """The workers of the flow port. A dead worker is replaced; when they keep dying, `serve` returns."""

    def __init__(
        self,
        settings: Settings,
        on_interrupt: Callable[[], None],
        on_start: Callable[[], None],
        has_served: Callable[[], bool],
    ) -> None:
        """`has_served` tells whether a worker has ever answered."""
        super().__init__(
            "airdock",
            address=settings.host,
            port=settings.port,
            interface=Interfaces.RSGI,
            workers=settings.workers,
            loop=Loops.auto,
            # To know which of the two comes, the server would wait without end for the first bytes.
            http=HTTPModes.auto if settings.http2 else HTTPModes.http1,
            http1_settings=HTTP1Settings(header_read_timeout=_HEADER_MS),
            websockets=True,
            backlog=_CONNECTIONS,
            # A connection more than requests may be in flight, so that those too many are told so.
            backpressure=most_connections(max(_CONNECTIONS, 2 * settings.max_in_flight) + settings.max_streams),
            log_level=LogLevels.error,
            log_dictconfig=LOGGING,
            respawn_failed_workers=True,
            workers_kill_timeout=math.ceil(settings.grace + MARGIN),
        )
        self._grace = settings.grace
        self._outlives_terminal = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN  # started by `nohup`
        self._has_terminal = has_terminal()
        self._on_interrupt = on_interrupt
        self._has_served = has_served
        self.on_startup(on_start)

    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:
        """The first signal stops in order; a second one ends everything at once."""
        if self.interrupt_signal:
            self._kill()
        self.interrupt_signal = True
        self._on_interrupt()
        timer = threading.Timer(self._grace, self._cut_off)
        timer.daemon = True
        timer.start()
        super().signal_handler_interrupt()  # type: ignore[no-untyped-call]

    def signal_handler_reload(self, *args: Any, **kwargs: Any) -> None:
        """The terminal is closed, which stops the server; or an operator wants the workers begun anew, one by one."""
        if self._outlives_terminal:
            return
        if self._has_terminal:
            self.signal_handler_interrupt()
        else:
            super().signal_handler_reload()  # type: ignore[no-untyped-call]

    def _respawn_workers(self, workers: list[int], *args: Any, **kwargs: Any) -> None:
        super()._respawn_workers(workers, *args, **kwargs)
        if any(worker.inner.is_alive() for index, worker in enumerate(self.wrks) if index not in workers):
            # One that dies again soon would end all of them, also those that serve well.
            self.respawned_wrks.clear()
        elif not self._has_served():
            # One that dies again before any served ends them, however long a busy machine takes to start it.
            self.respawned_wrks.update(dict.fromkeys(workers, math.inf))

    def _spawn_worker(self, *args: Any, **kwargs: Any) -> Any:
        worker: Any = super()._spawn_worker(*args, **kwargs)

        def terminate() -> None:
            # Of SIGTERM alone it would cut off WebSockets, and wait for event streams, which do not end by themselves.
            worker.interrupt_by_parent = True
            _signal(worker.inner, signal.SIGUSR2)

        worker.terminate = terminate
        return worker

    def pause(self, seconds: float) -> bool:
        """Waits behind `serve`; whether a signal to stop came."""
        self.main_loop_interrupt.clear()
        self.main_loop_interrupt.wait(seconds)
        return bool(self.interrupt_signal)

    def _cut_off(self) -> None:
        """The grace period is over: what is still in flight is cancelled, and recorded as cut off."""
        for worker in list(self.wrks):
            _signal(worker.inner, signal.SIGUSR1)

    def _kill(self) -> None:
        for child in multiprocessing.active_children():
            child.kill()
        sys.stderr.flush()
        os._exit(130)


def _signal(process: BaseProcess, number: int) -> None:
    if process.is_alive() and process.pid is not None:
        os.kill(process.pid, number)


class Processes:
    """All processes of a server, run from the main thread of their parent.

    Attributes:
        ready: A worker has answered (`wait_ready` found so). stopping: The server stops.
    """

    def __init__(self, settings: Settings, load: Loader, serve_management: Serve, serve_triggers: Serve) -> None:
        self._settings = settings
        self._load = load
        self.ready = threading.Event()
        self.stopping = threading.Event()
        # One that is set in the workers, where it is known what is enabled.
        self._triggered = ProcessEvent()
        self._beside = [KeptProcess("the process of jobs and listeners", settings, serve_triggers, self._triggered)]
        if settings.management_port:
            self._beside.append(
                KeptProcess("the management port", settings, serve_management, self.ready, _PATIENCE),
            )

        self._hub = HubProcess(settings.home) if not settings.hub_url else None

    def run(self) -> int:
        """Serves until a signal comes; the exit code: 0 after an orderly stop, 1 when nothing could be started."""
        multiprocessing.set_start_method("spawn", force=True)
        raise_limit()
        try:
            return self._run()
        finally:
            self.stopping.set()
            self.ready.set()
            for each in self._beside:
                each.interrupt()
            for each in self._beside:
                each.stop()
            if self._hub is not None:
                self._hub.stop()

    def wait_ready(self, path: str, timeout: float) -> bool:
        """Waits until a worker answers at `path`; False when time is up or the server is stopped."""
        pause = 0.01
        waited = 0.0
        while waited < timeout and not self.stopping.is_set():
            if self._answers(path):
                self.ready.set()
                return True
            self.stopping.wait(pause)
            waited += pause
            pause = min(pause * 1.2, 0.1)
        return False

    def _run(self) -> int:
        attempt = 0
        while True:
            server = FlowServer(self._settings, self._interrupt, self._start_others, self.ready.is_set)
            try:
                server.serve(
                    target_loader=partial(load_worker, self._load, self._settings, self._triggered), wrap_loader=False
                )
            except SystemExit:
                pass
            if server.interrupt_signal:
                return 0
            if not self.ready.is_set():
                return 1
            pause = _RESTARTS[min(attempt, len(_RESTARTS) - 1)]
            attempt += 1
            sys.stderr.write(f"airdock: the workers ended again and again; starting them anew in {pause:g} s\n")
            if server.pause(pause):
                return 0

    def _interrupt(self) -> None:
        self.stopping.set()
        self.ready.set()
        for each in self._beside:
            each.interrupt()

    def _start_others(self) -> None:
        for each in self._beside:
            each.start(self.stopping)
        if self._hub is not None:
            self._hub.start()

    def _answers(self, path: str) -> bool:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self._settings.host, self._settings.host)  # noqa: S104
        connection = HTTPConnection(host, self._settings.port, timeout=2)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


def load_worker(load: Loader, settings: Settings, triggered: Occasion) -> Any:
    """The application of a flow worker, in the worker's process."""
    begin_child(settings)
    try:
        return WorkerApplication(load(settings, triggered))
    except Exception as error:  # noqa: BLE001 -- whatever it is, the process cannot serve; said in one line
        fail(error)


class WorkerApplication:
    """An RSGI application as a process of its own serves it: the parent alone decides about signals."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self.__rsgi__ = application.__rsgi__
        self._stopping: set[asyncio.Task[None]] = set()

    def __rsgi_init__(self, loop: Any) -> None:
        ignore_interrupts()
        loop.add_signal_handler(signal.SIGUSR1, self._application.cut_off)
        loop.add_signal_handler(signal.SIGUSR2, lambda: self._stopping.add(loop.create_task(self._stop())))
        self._application.__rsgi_init__(loop)

    def __rsgi_del__(self, loop: Any) -> None:
        self._application.__rsgi_del__(loop)

    async def _stop(self) -> None:
        """Ends streams, then has the server in this process stop."""
        try:
            await self._application.end_streams()
        finally:
            os.kill(os.getpid(), signal.SIGTERM)


LOGGING = {
    "formatters": {"generic": {"format": "airdock: %(message)s"}},
    "handlers": {"console": {"formatter": "generic", "class": "logging.StreamHandler", "stream": "ext://sys.stderr"}},
    "loggers": {"_granian": {"handlers": ["console"], "level": "ERROR", "propagate": False}},
}
"""The server's own lines, in the words of this program and on standard error."""
