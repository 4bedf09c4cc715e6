"""What a listener of server-sent events listens to."""

import logging
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import NamedTuple

from airdock.connectors.errors import unavailable
from airdock.connectors.http.bodies import media_type
from airdock.connectors.http.calls import Call, Received
from airdock.connectors.http.client import HttpClient
from airdock.connectors.http.openings import status_trouble
from airdock.connectors.sse.events import EndlessError, Event, EventReader
from airdock.connectors.sse.position import Position
from airdock.deadline import DeadlineError, within
from airdock.errors import FlowError
from airdock.spec.clock import Clock
from airdock.spec.connection import Link
from airdock.spec.trigger import Arrival, EndedError

log = logging.getLogger("airdock.listeners")

EVENTS = "text/event-stream"


class Wanted(NamedTuple):
    """What of a stream is listened to.

    Attributes:
        path: Beneath the connection's `url`, with its query. names: Of the events; all if empty.
        max_size: Bytes of an event. silence: Seconds without a sign of life after which the stream counts as lost.
    """

    path: str
    names: frozenset[str]
    max_size: int
    silence: float


class EventArrival(Arrival):
    """An event."""

    __slots__ = ("_mark", "_position")

    def __init__(self, event: Event, position: Position, most: int) -> None:
        self._mark, repeated = position.came(event.last)
        self._position = position
        fault = FlowError("request.tooLarge", f"the event is larger than {most} bytes: raise `maxSize`")
        super().__init__(
            event.data,
            id=event.id,
            about={"event": event.name, "lastEventId": event.last},
            redelivered=repeated,
            fault=fault if event.cut else None,
            stays=True,
            once=not event.last,
        )

    async def accept(self) -> None:
        await self._position.done(self._mark)

    async def release(self) -> None:
        self._position.rewind()


class EventSource:
    """The `Source` of a stream: it is resumed behind what was received, after a restart behind what was worked off."""

    def __init__(self, link: Link, wanted: Wanted, position: Position, clock: Clock) -> None:
        self._link = link
        self._wanted = wanted
        self._position = position
        self._clock = clock
        self._retry: float | None = None

    def open(self, prefetch: int) -> AbstractAsyncContextManager[AsyncIterator[Arrival]]:
        return self._opened()

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[AsyncIterator[Arrival]]:
        client: HttpClient
        async with self._link.use() as client:
            last = await self._position.resume(self._clock.now())
            try:
                received, url = await self._begun(client, last)
            except FlowError as error:
                raise self._patient(error) from error.__cause__
            try:
                yield self._arrivals(client.profile.name or url, received, last)
            finally:
                received.close()
                await self._kept()

    async def _kept(self) -> None:
        """Events that are nobody's business are kept with the next one that is, or now."""
        try:
            await self._position.keep()
        except FlowError as error:
            log.info("%s: some events will come again: %s", self._link.path, error)

    async def _begun(self, client: HttpClient, last: str) -> tuple[Received, str]:
        headers = {"Accept": EVENTS, "Accept-Encoding": "identity", "Cache-Control": "no-store"}
        if last:
            headers["Last-Event-ID"] = last
        wanted, timeout = self._wanted, client.profile.timeout
        call = Call("GET", wanted.path, headers=headers, stream=True, timeout=wanted.silence, cached=False)
        try:
            received, url = await within(timeout, client.begin(call))
        except DeadlineError:
            words = f"{client.profile.name}: no answer within {timeout:g} s"
            raise FlowError("connector.timeout", words) from None
        try:
            check_stream(client.profile.name or url, call.method, url, received, self._clock.now())
        except BaseException:
            received.close()
            raise
        return received, url

    async def _arrivals(self, name: str, received: Received, last: str) -> AsyncIterator[Arrival]:
        wanted = self._wanted
        reader = EventReader(last, wanted.max_size)
        try:
            async for event in events_of(name, received, reader, wanted.silence):
                if event.data is None or (wanted.names and event.name not in wanted.names):
                    self._position.passed(event.last)
                else:
                    yield EventArrival(event, self._position, wanted.max_size)
        except FlowError as error:
            self._retry = reader.retry if reader.retry is not None else self._retry
            raise self._patient(error) from error.__cause__

    def _patient(self, error: FlowError) -> FlowError:
        """The error with the wait that the stream has asked for, where nothing else says one."""
        if self._retry is not None:
            error.details = {"retryAfter": self._retry, **error.details}
        return error


def check_stream(name: str, method: str, url: str, received: Received, now: float) -> None:
    """Looks at the head of an answer.

    Raises:
        FlowError: it is no stream of events. EndedError: there is none any more.
    """
    if received.status == 204:
        raise EndedError(f"{name}: {url} answered 204: there are no events any more; `resume` it to ask again")
    if received.status != 200:
        raise status_trouble(name, method, url, received, now)
    kind = received.headers.get("content-type", "")
    if media_type(kind if isinstance(kind, str) else kind[0]) != EVENTS:
        words = f"{name}: {url} answered {kind!r:.80}, which is no stream of events ({EVENTS})"
        raise FlowError("connector.http.response", words)


async def events_of(name: str, received: Received, reader: EventReader, silence: float) -> AsyncIterator[Event]:
    """The events of a stream; it ends by an error alone.

    Raises:
        FlowError: `connector.unavailable`, it has ended or was cut; `connector.timeout`, nothing came for so long;
            `connector.http.tooLarge`, an event has no end.
    """
    try:
        async for piece in received.pieces(sys.maxsize):
            for event in reader.feed(piece):
                yield event
    except EndlessError:
        words = f"{name}: an event is far larger than `maxSize`, and has no end"
        raise FlowError("connector.http.tooLarge", words) from None
    except FlowError as error:
        if error.code == "connector.timeout":
            words = f"{name}: nothing came for {silence:g} s, not even a comment"
            raise FlowError("connector.timeout", words) from error
        raise
    raise unavailable(name, "the service has ended the stream")
