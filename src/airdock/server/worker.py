"""The flow port's application, in each process that serves it."""

import asyncio
import logging
import time

from airdock.database import DatabaseError
from airdock.server.kept_process import Occasion
from airdock.server.memory import long_lived
from airdock.server.serving import Serving
from airdock.server.settings import Settings
from airdock.spec.descriptors import Job, Listener
from airdock.triggers.http.rsgi import RsgiApp

log = logging.getLogger("airdock.server")

_RETRY_SECONDS = 0.5
_STREAM_SECONDS = 1.0
_WRITE_SECONDS = 0.2


class RsgiWorker(RsgiApp):
    """The RSGI application of one worker: flows are compiled before the first request is taken."""

    def __init__(self, serving: Serving) -> None:
        super().__init__(serving.handler, on_start=serving.start, on_stop=self._stop)
        self._serving = serving

    def cut_off(self) -> None:
        """Cancels what is in flight."""
        self._serving.cut_off()

    async def end_streams(self) -> None:
        """The worker is about to stop: event streams and WebSockets end now, as far as their runs let them."""
        streams = self._serving.handler.streams
        were_open = len(streams) > 0
        await streams.stopped(_STREAM_SECONDS)
        if were_open:
            # The server writes what closes a WebSocket by itself, and tells nobody when it has.
            await asyncio.sleep(_WRITE_SECONDS)

    def _stop(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.run_until_complete(self._serving.stop())


def create_rsgi(settings: Settings, triggered: Occasion) -> RsgiWorker:
    """The application of a flow worker, ready to answer.

    Args:
        triggered: Set as soon as there are jobs or listeners.

    Raises:
        AirdockError, OSError: the process cannot work with these settings.
    """
    serving = Serving(settings)
    with long_lived():
        load_patiently(serving)
    agent = serving.agent

    def tell() -> None:
        jobs, listeners = agent.activities(Job), agent.activities(Listener)
        if jobs or listeners:
            triggered.set()

    agent.on_switch.append(tell)
    tell()
    return RsgiWorker(serving)


def load_patiently(serving: Serving) -> None:
    """Loads; while the database is away it is waited for, as the parent has seen it before.

    Raises:
        AirdockError, OSError: it cannot be loaded at all.
    """
    reported = False
    while True:
        try:
            serving.load()
        except DatabaseError as error:
            if error.code != "database.unavailable":
                raise
            if not reported:
                log.warning("waiting for the database: %s", error)
            reported = True
            time.sleep(_RETRY_SECONDS)
        else:
            return
