"""The process in which jobs and listeners run: one on each node, beside the flow workers."""

import asyncio
import signal

import uvloop

from airdock.server.children import begin_child, fail, ignore_interrupts
from airdock.server.memory import long_lived
from airdock.server.serving import Serving
from airdock.server.settings import Settings
from airdock.server.triggers import Triggers
from airdock.server.worker import load_patiently


def serve_triggers(settings: Settings) -> None:
    """Runs jobs and listeners until SIGTERM comes. Called in a process of its own."""
    begin_child(settings)
    ignore_interrupts()
    try:
        serving = Serving(settings, "trigger")
        with long_lived():
            load_patiently(serving)
    except Exception as error:  # noqa: BLE001 -- whatever it is, the process cannot work; said in one line
        fail(error)
    uvloop.run(_run(serving))


async def _run(serving: Serving) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    serving.start(asyncio.get_running_loop())
    triggers = Triggers(serving)
    triggers.start()
    try:
        await stop.wait()
        await triggers.stop()
    finally:
        await serving.stop()
