"""Server-sent events: what a flow gave, then what is sent to a topic, as long as the caller is there."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any, TypeVar

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.response import ABSENT
from airdock.spec.streaming import Events
from airdock.streams import Stream, close_items
from airdock.triggers.http.answer import RUN_HEADER, Answer, make_answer
from airdock.triggers.http.request import HttpRequest
from airdock.triggers.http.routes import Pipeline
from airdock.triggers.http.streaming.event_text import KEEP_ALIVE, event_of, event_text
from airdock.triggers.http.streaming.feeds import Feeds, News
from airdock.triggers.http.streaming.streams import GOING_AWAY, Open
from airdock.triggers.http.streaming.topics import topic_of
from airdock.triggers.http.streaming.wire import Gone, Outlet, Sent

log = logging.getLogger("airdock.http")

RunFlow = Callable[[Pipeline, HttpRequest], Answer | Awaitable[Answer]]
T = TypeVar("T")

HEADERS = (
    ("content-type", "text/event-stream"),
    ("cache-control", "no-store"),
    # Asks nginx and its like to pass on each event as it comes.
    ("x-accel-buffering", "no"),
)
END = event_text("end", "end")
"""Says that nothing comes any more: a page closes its `EventSource` then, which would begin anew otherwise."""
_OVER: Any = object()


class EventStream:
    """One caller's events. Stands as the flow's pipeline while its run is made, so that the run sends what it gives."""

    def __init__(self, pipeline: Pipeline, events: Events, request: HttpRequest, stream: Open) -> None:
        self.name = pipeline.name
        self._pipeline = pipeline
        self._events = events
        self._request = request
        self._over = stream.over
        self._stream = stream
        self._outlet: Outlet | None = None
        self._run_id = ""
        self._watch: asyncio.Task[None] | None = None

    async def serve(self, run: RunFlow, feeds: Feeds) -> Answer:
        """Answers, for as long as the stream is open; raises FlowError before it is."""
        if self._request.method == "HEAD":
            return Answer(200, [*HEADERS])
        async with AsyncExitStack() as stack:
            topic = self._events.topic
            messages = None
            if topic is not None:
                name = topic_of(topic, self._pipeline.exchange(self._request))
                messages = await stack.enter_async_context(feeds.open(self.name, name, _last_event(self._request)))
            self._request.delivery = self._deliver
            running = run(self, self._request)
            answer = running if isinstance(running, Answer) else await running
            if not isinstance(answer, Sent) and self._outlet is None:
                return answer
            try:
                await self._go_on(answer, messages)
            except Gone:
                pass
            finally:
                if self._watch is not None:
                    self._watch.cancel()
            return await self._outlet.close() if self._outlet is not None else answer

    # As a pipeline.

    def exchange(self, request: Any) -> Exchange:
        exchange = self._pipeline.exchange(request)
        self._run_id = exchange.run.id
        return exchange

    def run(self, exchange: Exchange, reply: Any) -> Awaitable[None] | None:
        return self._pipeline.run(exchange, self._reply)

    def _reply(self, exchange: Exchange) -> Answer:
        return make_answer(exchange) if _is_ordinary(exchange) else Sent(200, [])

    async def _deliver(self, exchange: Exchange) -> None:
        """The last step of the run: what it gave is sent. That the caller goes meanwhile fails no run."""
        if _is_ordinary(exchange):
            return
        items = _items(exchange)
        with_id = self._events.topic is None
        try:
            async for item in self._each(items):
                await self._send(event_of(item, with_id=with_id))
        except Gone:
            self._stream.end(GOING_AWAY)
        finally:
            await close_items(items)

    async def _each(self, items: Iterator[Any] | AsyncIterator[Any]) -> AsyncIterator[Any]:
        if isinstance(items, AsyncIterator):
            while (item := await self._awaited(anext(items, _OVER))) is not _OVER:
                yield item
            return
        for item in items:
            if self._over.done():
                raise Gone
            yield item

    async def _go_on(self, answer: Answer, messages: AsyncIterator[News] | None) -> None:
        if not isinstance(answer, Sent):
            # It failed when a part was sent already: the rest of the answer is what went wrong.
            body = answer.body if isinstance(answer.body, str) else answer.body.decode()
            await self._send(event_text(body, "error"))
        elif messages is not None:
            await self._begun()
            await self._push(messages)
        elif not self._over.done():
            await self._send(END)

    async def _push(self, messages: AsyncIterator[News]) -> None:
        try:
            while (news := await self._awaited(anext(messages, _OVER))) is not _OVER:
                await self._send(_event_of_news(news))
        except FlowError as error:
            # The caller comes again and says where it was.
            log.debug("events of %s end: %s", self.name, error)

    async def _awaited(self, waiting: Awaitable[T]) -> T:
        """The result; comments are sent meanwhile. Raises Gone when the stream is over first."""
        task = asyncio.ensure_future(waiting)
        try:
            while True:
                await asyncio.wait(
                    (task, self._over), timeout=self._events.keep_alive, return_when=asyncio.FIRST_COMPLETED
                )
                if self._over.done():
                    raise Gone
                if task.done():
                    return task.result()
                await self._send(KEEP_ALIVE)
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait((task,))

    async def _send(self, data: bytes) -> None:
        outlet = await self._begun()
        await outlet.send(data)

    async def _begun(self) -> Outlet:
        if self._outlet is None:
            headers = [*HEADERS, (RUN_HEADER, self._run_id), *self._request.further_headers]
            self._outlet = await self._request.open_stream(headers)
            self._watch = asyncio.ensure_future(self._tell_gone(self._outlet))
            await self._outlet.send(f"retry: {round(self._events.retry * 1000)}\n\n".encode())
        return self._outlet

    async def _tell_gone(self, outlet: Outlet) -> None:
        await outlet.gone()
        self._stream.end(GOING_AWAY)


def _is_ordinary(exchange: Exchange) -> bool:
    """Whether the flow chose another status, such as 204, with which an `EventSource` gives up."""
    return exchange.response.status not in (None, 200)


def _items(exchange: Exchange) -> Iterator[Any] | AsyncIterator[Any]:
    response = exchange.response
    if response.body is not ABSENT:
        return _items_of(response.body)
    if response.parts:
        return iter([b"".join(part.encode() if isinstance(part, str) else part for part in response.parts)])
    return _items_of(exchange.body if exchange.body_set else None)


def _items_of(value: Any) -> Iterator[Any] | AsyncIterator[Any]:
    if isinstance(value, Stream):
        return value.take()
    if isinstance(value, list):
        return iter(value)
    return iter(()) if value is None else iter((value,))


def _event_of_news(news: News) -> bytes:
    named = next((value for name, value in news.headers.items() if name.lower() == "event"), None)
    return event_text(news.content.decode(errors="replace"), named, news.sequence)


def _last_event(request: HttpRequest) -> int | None:
    """The number of the message up to which the caller is up to date; None where it does not say."""
    text = request.take_header("last-event-id") or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None
