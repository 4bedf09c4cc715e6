"""The flow port's application, in each process that serves it."""

import asyncio

from airdock.server.memory import long_lived
from airdock.server.serving import Serving
from airdock.server.settings import Settings
from airdock.triggers.http.rsgi import RsgiApp


class RsgiWorker(RsgiApp):
    """The RSGI application of one worker: flows are compiled before the first request is taken."""

    def __init__(self, serving: Serving) -> None:
        super().__init__(serving.handler, on_start=serving.start, on_stop=self._stop)
        self._serving = serving

    def cut_off(self) -> None:
        """Cancels what is in flight."""
        self._serving.cut_off()

    def _stop(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.run_until_complete(self._serving.stop())


def create_rsgi(settings: Settings) -> RsgiWorker:
    """The application of a flow worker, ready to answer.

    Raises:
        AirdockError, OSError: the process cannot work with these settings.
    """
    serving = Serving(settings)
    with long_lived():
        serving.load()
    return RsgiWorker(serving)
