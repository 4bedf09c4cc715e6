"""What runs in a process beside the requests: parts of flows, and the duties of enabled flows."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

log = logging.getLogger("airdock.engine")

Duty = Callable[[], Coroutine[Any, Any, None]]

_PAUSE = 1.0
"""Seconds until a duty that failed is begun anew."""


class Background:
    """The tasks of a process that no caller waits for. For one event loop."""

    def __init__(self) -> None:
        self._runs: set[asyncio.Task[None]] = set()
        self._duties: dict[Duty, asyncio.Task[None]] = {}

    def start(self, run: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Runs a coroutine beside what calls."""
        task = asyncio.get_running_loop().create_task(run)
        self._runs.add(task)
        task.add_done_callback(self._runs.discard)
        return task

    @property
    def running(self) -> int:
        """How many runs are going on."""
        return len(self._runs)

    async def settle(self) -> None:
        """Returns when no run is going on; those that they start are waited for, too."""
        while self._runs:
            await asyncio.wait(set(self._runs))

    def keep(self, duties: Iterable[Duty]) -> None:
        """Has these duties run from now on, and no others. Called on the loop."""
        wanted = dict.fromkeys(duties)
        for duty in [duty for duty in self._duties if duty not in wanted]:
            self._duties.pop(duty).cancel()
        loop = asyncio.get_running_loop()
        for duty in wanted:
            task = self._duties.get(duty)
            # One that is done is of a loop that has ended.
            if task is None or task.done():
                self._duties[duty] = loop.create_task(_dutiful(duty))

    async def stop(self) -> None:
        """Ends the duties and cancels what still runs."""
        tasks = [*self._duties.values(), *self._runs]
        self._duties.clear()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)


async def _dutiful(duty: Duty) -> None:
    while True:
        try:
            await duty()
        except Exception:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                # It failed at what it had to do in the end.
                raise asyncio.CancelledError from None
            log.exception("what an enabled flow does by itself has failed; it is begun anew in %g s", _PAUSE)
        else:
            return
        await asyncio.sleep(_PAUSE)
