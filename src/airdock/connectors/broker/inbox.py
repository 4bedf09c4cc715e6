"""What came from a broker and was not taken yet."""

from asyncio import Queue

from airdock.spec.trigger import Arrival


class Inbox:
    """Arrivals in the order in which they came, without end; `break_off` ends it by an error, behind what is there.

    A wait for the next one may be cut off and begun anew.
    """

    def __init__(self) -> None:
        self._queue: Queue[Arrival | None] = Queue()
        self._error: BaseException | None = None

    def put(self, arrival: Arrival) -> None:
        self._queue.put_nowait(arrival)

    def break_off(self, error: BaseException) -> None:
        """Nothing comes any more. What is first said counts."""
        if self._error is None:
            self._error = error
            self._queue.put_nowait(None)

    def __aiter__(self) -> "Inbox":
        return self

    async def __anext__(self) -> Arrival:
        arrival = await self._queue.get()
        if arrival is None:
            self._queue.put_nowait(None)
            raise self._error or StopAsyncIteration
        return arrival
