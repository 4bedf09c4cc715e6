"""WebSockets: each message is a run, whose answer goes back; what is sent to a topic is pushed."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import NamedTuple

from uuid_utils import uuid7

from airdock.codes import CODES
from airdock.errors import FlowError
from airdock.spec.streaming import WebSocket
from airdock.triggers.http.answer import Answer
from airdock.triggers.http.problems import problem_answer
from airdock.triggers.http.request import HttpRequest
from airdock.triggers.http.routes import Pipeline
from airdock.triggers.http.streaming.feeds import Feeds, News
from airdock.triggers.http.streaming.messages import MessageRequest, SocketPipeline, frame_of, frame_of_news, is_for
from airdock.triggers.http.streaming.origins import check_origin
from airdock.triggers.http.streaming.streams import FAILED, TOO_LARGE, TRY_LATER, Open
from airdock.triggers.http.streaming.topics import topic_of
from airdock.triggers.http.streaming.wire import Gone, Sent, Socket

log = logging.getLogger("airdock.http")

RunFlow = Callable[[Pipeline, HttpRequest], Answer | Awaitable[Answer]]
CheckRoom = Callable[[str], None]
"""Raises FlowError `request.busy` where a flow of that name has too many runs in flight."""
NORMAL = 1000
_CLOSING_SECONDS = 5.0


class End(NamedTuple):
    """How a socket ends: the code that it is closed with, and the error that is told before."""

    code: int
    error: FlowError | None = None


class SocketSession:
    """One WebSocket."""

    def __init__(self, pipeline: Pipeline, declared: WebSocket, request: HttpRequest, stream: Open) -> None:
        self._id = str(uuid7())
        self._opened = request
        self._pipeline = pipeline
        self._piped = SocketPipeline(pipeline, self._id)
        self._declared = declared
        self._over = stream.over
        self._sending = asyncio.Lock()
        self._slots = asyncio.Semaphore(declared.concurrency)
        self._running: set[asyncio.Task[None]] = set()
        self._closing = False

    async def serve(self, run: RunFlow, check_room: CheckRoom, feeds: Feeds) -> Answer:
        """Opens it and works it off until it is closed; raises FlowError before it is opened."""
        check_origin(self._opened, self._declared.origins)
        async with AsyncExitStack() as stack:
            topic, messages = self._declared.topic, None
            if topic is not None:
                name = topic_of(topic, self._pipeline.exchange(self._opened))
                messages = await stack.enter_async_context(feeds.open(self._pipeline.name, name))
            try:
                socket = await self._opened.accept()
            except Gone:
                return Sent(101, [])
            await self._worked_off(socket, run, check_room, messages)
        return Sent(101, [])

    async def _worked_off(
        self, socket: Socket, run: RunFlow, check_room: CheckRoom, messages: AsyncIterator[News] | None
    ) -> None:
        """Until the other side closes it, or it is over."""
        receiving = asyncio.ensure_future(self._receive(socket, run, check_room))
        pushing = asyncio.ensure_future(self._push(socket, messages))
        try:
            await asyncio.wait((receiving, pushing, self._over), return_when=asyncio.FIRST_COMPLETED)
            ended = [part for part in (receiving, pushing) if part.done()]
            end = _end_of(ended[0]) if ended else End(self._over.result())
            self._closing = True
            pushing.cancel()
            # What was begun is finished, and answered if somebody is still there.
            if self._running:
                await asyncio.wait(set(self._running))
            if end.error is not None:
                await self._send(socket, frame_of(problem_answer(end.error)))
            if not socket.closes_while_read:
                receiving.cancel()
                await asyncio.wait((receiving,))
            await socket.close(end.code)
            await asyncio.wait((receiving,), timeout=_CLOSING_SECONDS)
        finally:
            receiving.cancel()
            pushing.cancel()

    async def _receive(self, socket: Socket, run: RunFlow, check_room: CheckRoom) -> End:
        while True:
            # Nothing is read ahead: who sends faster than the flow works is slowed down.
            await self._slots.acquire()
            message = await socket.receive()
            if message is None or self._closing:
                return End(NORMAL)
            request = MessageRequest(self._opened, message, self._declared.format)
            if request.size > self._declared.max_message:
                most = self._declared.max_message
                return End(TOO_LARGE, FlowError("request.tooLarge", f"The message is larger than {most} bytes."))
            task = asyncio.ensure_future(self._answer(socket, request, run, check_room))
            self._running.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._slots.release()

    async def _answer(self, socket: Socket, request: MessageRequest, run: RunFlow, check_room: CheckRoom) -> None:
        try:
            request.hold(request.size)
            check_room(self._piped.name)
            running = run(self._piped, request)
            answer = running if isinstance(running, Answer) else await running
        except FlowError as error:
            answer = problem_answer(error, show_details=request.shows_details)
        finally:
            request.release()
        await self._send(socket, frame_of(answer))

    async def _push(self, socket: Socket, messages: AsyncIterator[News] | None) -> End:
        try:
            if messages is not None:
                async for news in messages:
                    if is_for(news, self._id):
                        await self._send(socket, frame_of_news(news))
        except FlowError as error:
            return End(TRY_LATER, error)
        return End(await asyncio.shield(self._over))

    async def _send(self, socket: Socket, frame: str | bytes) -> None:
        if not frame:
            return
        try:
            async with self._sending:
                await socket.send(frame)
        except Gone:
            # Its end is what `receive` tells.
            return


def _end_of(part: asyncio.Future[End]) -> End:
    error = part.exception()
    if error is None:
        return part.result()
    log.error("unexpected error of a WebSocket", exc_info=error)
    return End(FAILED, FlowError("internal", CODES["internal"].meaning))
