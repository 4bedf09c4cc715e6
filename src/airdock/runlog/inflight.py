"""The runs of this process that wait for something: listed for operators, who may cancel them."""

import asyncio
from collections.abc import Callable
from itertools import islice

from airdock.exchange import Exchange


class Waiting:
    """A run that waits.

    Attributes:
        exchange: Its data. since: ns of the log's clock at its start. by: Who asked to cancel it; empty: nobody.
    """

    __slots__ = ("by", "exchange", "since", "task")

    def __init__(self, exchange: Exchange, since: int, task: "asyncio.Task[object] | None") -> None:
        self.exchange = exchange
        self.since = since
        self.task = task
        self.by = ""


class InFlight:
    """Runs that wait, the oldest first.

    The event loop adds and removes, the writer's thread looks and cancels; neither takes a lock.
    """

    def __init__(self, ticks: Callable[[], int]) -> None:
        self._ticks = ticks
        self._runs: dict[str, Waiting] = {}

    def add(self, exchange: Exchange, since: int) -> None:
        """Called in the task of the run."""
        self._runs[exchange.run.id] = Waiting(exchange, since, asyncio.current_task())

    def remove(self, exchange: Exchange) -> None:
        """The run has ended."""
        self._runs.pop(exchange.run.id, None)

    def cancelled_by(self, exchange: Exchange) -> str:
        """Who asked to cancel it; empty when nobody did."""
        waiting = self._runs.get(exchange.run.id)
        return "" if waiting is None else waiting.by

    def old(self, nanoseconds: int, most: int) -> dict[str, Waiting]:
        """By id, the runs that began so long ago, as many at most; for the writer's thread."""
        begun = self._ticks() - nanoseconds
        return {waiting.exchange.run.id: waiting for waiting in self._first(most) if waiting.since <= begun}

    def cancel(self, id: str, by: str) -> None:
        """Cancels a run of this process, from any thread; a run that is not there has ended, or is another's."""
        waiting = self._runs.get(id)
        if waiting is None or waiting.task is None or waiting.by:
            return
        loop = waiting.task.get_loop()
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._cancel, waiting, by)

    def _cancel(self, waiting: Waiting, by: str) -> None:
        there = self._runs.get(waiting.exchange.run.id) is waiting
        if there and waiting.task is not None and not waiting.by:
            waiting.by = by
            waiting.task.cancel()

    def _first(self, most: int) -> list[Waiting]:
        while True:
            try:
                return list(islice(self._runs.values(), most))
            except RuntimeError:
                # The loop has added or removed one meanwhile, which is soon over.
                continue
