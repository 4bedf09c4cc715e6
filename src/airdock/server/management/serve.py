"""The process of the management port: the application, its server, and how it stops."""

import asyncio
import math
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import uvloop
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from airdock.runlog import RunStore
from airdock.server.children import begin_child, fail, ignore_interrupts
from airdock.server.management.app import ManagementApp
from airdock.server.memory import long_lived
from airdock.server.serving import Serving
from airdock.server.settings import Settings
from airdock.server.tidying import tidy
from airdock.server.worker import load_patiently

_CONNECTIONS = 1024
_THREADS = 16
"""Calls of the API that work at once; more wait. A few slow ones, such as publications, keep no others waiting."""


def serve_management(settings: Settings) -> None:
    """Serves the management port until SIGTERM comes. Called in a process of its own."""
    begin_child(settings)
    ignore_interrupts()
    try:
        serving = Serving(settings, "management")
        with long_lived():
            load_patiently(serving)
        store = RunStore(settings.home, serving.sealing)
    except Exception as error:  # noqa: BLE001 -- whatever it is, the process cannot serve; said in one line
        fail(error)
    try:
        uvloop.run(_serve(settings, ManagementApp(serving, store), serving))
    finally:
        serving.close()


async def _serve(settings: Settings, app: Any, serving: Serving) -> None:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(_THREADS, "airdock-management"))
    server = Server(
        app,
        address=settings.management_host,
        port=settings.management_port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        websockets=True,
        backlog=_CONNECTIONS,
        backpressure=_CONNECTIONS,
        log_level=LogLevels.critical,
    )
    # The server knows whole seconds only, and 0 would be without end.
    server.workers_kill_timeout = max(1, math.ceil(settings.grace))

    def stop() -> None:
        serving.handler.streams.stop()
        server.stop()  # type: ignore[no-untyped-call]

    loop.add_signal_handler(signal.SIGTERM, stop)
    serving.start(loop)
    tidying = loop.create_task(tidy(serving.installation.repository)) if settings.folder is None else None
    try:
        await server.serve()
    except TimeoutError:
        pass
    finally:
        if tidying is not None:
            tidying.cancel()
        await serving.settle()
        await _cancel_rest()


async def _cancel_rest() -> None:
    """What is in flight when the grace period is over is cancelled, so that it is recorded as cut off."""
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
