"""Arrivals that become one run."""

from airdock.spec.clock import Clock, Timer
from airdock.spec.descriptors import Batch
from airdock.spec.trigger import Arrival
from airdock.triggers.listener.delivery import Delivery
from airdock.triggers.listener.session import Session


class Batches:
    """Hands arrivals on one by one, or, as the listener wants them, several at a time."""

    def __init__(self, batch: Batch | None, delivery: Delivery, session: Session, clock: Clock) -> None:
        self._batch = batch
        self._delivery = delivery
        self._session = session
        self._clock = clock
        self._waiting: list[Arrival] = []
        self._timer: Timer | None = None

    def add(self, arrival: Arrival) -> None:
        """Takes an arrival."""
        if self._batch is None:
            self._delivery.add([arrival], self._session)
            return
        self._waiting.append(arrival)
        if len(self._waiting) >= self._batch.size:
            self.flush()
        elif self._timer is None:
            self._timer = self._clock.call_later(self._batch.wait, self.flush)

    def flush(self) -> None:
        """Hands on what waits for others."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._delivery.add(waiting, self._session, together=True)
