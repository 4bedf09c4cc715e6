"""The runs of a listener."""

import logging
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from airdock.errors import FlowError, as_flow_error, described
from airdock.request import Request
from airdock.spec.descriptors import Listener
from airdock.spec.trigger import Arrival
from airdock.triggers.activity import Activity
from airdock.triggers.listener.message import ListRequest, MessageRequest, can_reply, message_of, no_reply, reply_of
from airdock.triggers.listener.states import Tally
from airdock.triggers.listener.work import Held

log = logging.getLogger("airdock.listeners")


class Failed(NamedTuple):
    """A run that failed: its error, and its id."""

    error: FlowError
    run: str


class Runs:
    """Starts the runs of a listener, in the version of its flow that is current then.

    Attributes:
        activity: Has that version.
    """

    def __init__(self, activity: Activity[Listener], tally: Tally) -> None:
        self.activity = activity
        self._in_list = activity.model.batch is not None
        self._trigger = activity.model.trigger
        self._tally = tally

    def unreadable(self, held: Iterable[Held]) -> Iterator[tuple[Held, FlowError]]:
        """Those whose content does not fit its type."""
        for each in list(held):
            try:
                if each.arrival.fault is not None:
                    raise each.arrival.fault
                _ = MessageRequest(each.arrival).body
            except FlowError as error:
                yield each, error

    async def run_one(self, arrival: Arrival, attempt: int) -> Failed | None:
        """One run for one arrival; None when it went well."""
        if arrival.fault is not None:
            self._tally.failed += 1
            return Failed(arrival.fault, "")
        message = message_of(arrival, attempt, self._trigger)
        request: Request = MessageRequest(arrival)
        if self._in_list:
            try:
                request = ListRequest([request.body])
            except FlowError as error:
                self._tally.failed += 1
                return Failed(error, "")
        return await self._run(request, {"message": message}, attempt, arrival)

    async def run_all(self, arrivals: list[Arrival]) -> Failed | None:
        """One run for several arrivals, whose contents can be read; None when it went well."""
        messages = [message_of(arrival, 1, self._trigger) for arrival in arrivals]
        request = ListRequest([MessageRequest(arrival).body for arrival in arrivals])
        properties = {"message": {"trigger": self._trigger, "attempt": 1}, "messages": messages}
        return await self._run(request, properties, 1)

    async def _run(
        self, request: Request, properties: dict[str, Any], attempt: int, arrival: Arrival | None = None
    ) -> Failed | None:
        pipeline = self.activity.pipeline
        exchange = pipeline.exchange(request)
        exchange.run.attempt = attempt
        exchange.properties.update(properties)
        if attempt > 1:
            self._tally.redelivered += 1
        try:
            pending = pipeline.run(exchange, reply_of if arrival is not None and can_reply(arrival) else no_reply)
            if pending is not None:
                await pending
        except Exception as error:  # noqa: BLE001 -- a fault of ours fails the run, and not the listener
            self._tally.failed += 1
            return Failed(as_flow_error(error), exchange.run.id)
        if exchange.answer is not None and arrival is not None:
            await self._reply(arrival, *exchange.answer)
        return None

    async def _reply(self, arrival: Arrival, content: bytes, content_type: str) -> None:
        """Sends the answer. What the flow did is not done again for an answer that cannot be sent."""
        try:
            await arrival.reply(content, content_type)
        except Exception as error:  # noqa: BLE001 -- whatever the client of the source raises
            log.warning("%s: an answer cannot be sent: %s", self.activity.name, described(error))
