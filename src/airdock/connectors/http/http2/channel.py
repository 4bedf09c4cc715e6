"""A connection of HTTP/2, and the streams on it, each of which is one call. The protocol itself is the library's."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

import h2.config
import h2.connection
import h2.events
import h2.exceptions
import h2.settings
from h2.errors import ErrorCodes

WINDOW = 1024**2
"""So many bytes of an answer come before somebody takes them."""
_PIECE = 64 * 1024
_PATIENCE = 5.0
"""Seconds that the answer to a ping may take."""
_GOODBYE = 1.0
"""Seconds that the end of TLS may take."""

Headers = list[tuple[str, str]]


class LostError(OSError):
    """The connection, or the stream, ended before the answer did."""


class UnprocessedError(LostError):
    """The service says that it has not looked at the request: it may be sent again, whatever it is."""


class Http2Channel:
    """A connection of HTTP/2. Its streams are used by several tasks of one event loop.

    Attributes:
        heard: When something came last, by the loop's clock. retired: No more streams are begun on it.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._loop = asyncio.get_running_loop()
        config = h2.config.H2Configuration(client_side=True, header_encoding="latin-1")
        self._h2 = h2.connection.H2Connection(config)
        codes = h2.settings.SettingCodes
        self._h2.local_settings = h2.settings.Settings(
            client=True,
            initial_values={
                codes.ENABLE_PUSH: 0,
                codes.INITIAL_WINDOW_SIZE: WINDOW,
                codes.MAX_HEADER_LIST_SIZE: 64 * 1024,
            },
        )
        self._streams: dict[int, Http2Stream] = {}
        self._moved = asyncio.Event()
        self._changed: Callable[[], None] = lambda: None
        self._unread = 0
        self.heard = self._loop.time()
        self.retired = False
        self._doubt: asyncio.TimerHandle | None = None
        self._h2.initiate_connection()
        # Each stream has a bound of its own; the connection as a whole must not keep others waiting for a slow one.
        self._h2.increment_flow_control_window(2**30)
        self._flush()
        self._reading = self._loop.create_task(self._read())

    @property
    def room(self) -> bool:
        """Whether the service takes one more stream."""
        return not self.retired and self._h2.open_outbound_streams < self._h2.remote_settings.max_concurrent_streams

    def on_room(self, call: Callable[[], None]) -> None:
        """Has something called each time that there may be room, and when the connection is retired."""
        self._changed = call

    def begin(self, headers: Headers, ends: bool) -> "Http2Stream":
        """Sends the head of a request. `ends`: it has no body. Raises OSError where the connection is gone."""
        if not self.room:
            raise UnprocessedError("the connection takes no more calls")
        number = self._h2.get_next_available_stream_id()
        stream = self._streams[number] = Http2Stream(self, number)
        self._h2.send_headers(number, headers, end_stream=ends)
        self._flush()
        return stream

    async def send(self, stream: "Http2Stream", pieces: AsyncIterator[bytes]) -> None:
        """Sends the body of a request, as fast as the service takes it."""
        async for piece in pieces:
            rest = memoryview(piece)
            while rest:
                size = await self._space(stream)
                self._h2.send_data(stream.number, bytes(rest[:size]))
                rest = rest[size:]
                self._flush()
                await self._writer.drain()
        stream.check()
        self._h2.end_stream(stream.number)
        self._flush()

    async def _space(self, stream: "Http2Stream") -> int:
        """How many bytes may be sent now; waits until there are any."""
        while True:
            stream.check()
            space = min(self._h2.local_flow_control_window(stream.number), self._h2.max_outbound_frame_size, _PIECE)
            if space > 0:
                return space
            self._moved.clear()
            await self._moved.wait()

    def taken(self, stream: "Http2Stream", size: int) -> None:
        """Bytes of an answer have been taken: as many more may come."""
        if stream.number in self._streams and not stream.complete:
            self._h2.increment_flow_control_window(size, stream.number)
            self._flush()

    def leave(self, stream: "Http2Stream") -> None:
        """A stream is not needed any more; what is still under way on it is cut."""
        if self._streams.pop(stream.number, None) is None:
            return
        if not (stream.complete and stream.sent) and stream.failure is None:
            try:
                self._h2.reset_stream(stream.number, ErrorCodes.CANCEL)
            except h2.exceptions.ProtocolError:
                # Both sides have ended it.
                pass
            self._flush()
        self._moved.set()
        self._changed()
        if self.retired and not self._streams:
            self._writer.close()

    def doubt(self) -> None:
        """Asks whether somebody is still there; the connection is lost if nothing comes for a while."""
        if self._doubt is None and not self.retired:
            self._h2.ping(b"airdock?")
            self._flush()
            self._doubt = self._loop.call_later(_PATIENCE, self._doubted, self._loop.time())

    def _doubted(self, since: float) -> None:
        self._doubt = None
        if self.heard < since:
            self.retired = True
            self._fail(LostError("the service is not there any more"))
            self._writer.transport.abort()

    async def close(self) -> None:
        """Ends it, and what is still under way."""
        self.retired = True
        if self._doubt is not None:
            self._doubt.cancel()
        self._reading.cancel()
        await asyncio.wait([self._reading])
        self._fail(LostError("the connection was closed"))
        self._writer.close()
        try:
            async with asyncio.timeout(_GOODBYE):
                await self._writer.wait_closed()
        except OSError:
            self._writer.transport.abort()

    async def _read(self) -> None:
        failure: Exception = LostError("the service hung up")
        try:
            while data := await self._reader.read(_PIECE):
                self.heard = self._loop.time()
                for event in self._h2.receive_data(data):
                    self._take(event)
                self._flush()
                self._moved.set()
                self._changed()
        except (OSError, h2.exceptions.ProtocolError) as error:
            failure = error
            self._flush()
        self.retired = True
        self._fail(failure)
        self._writer.close()

    def _take(self, event: h2.events.Event) -> None:
        if isinstance(event, h2.events.ConnectionTerminated):
            self._terminated(event)
            return
        number = getattr(event, "stream_id", None)
        stream = None if number is None else self._streams.get(number)
        if isinstance(event, h2.events.DataReceived):
            self._unread += event.flow_controlled_length or 0
            if self._unread > WINDOW:
                self._h2.increment_flow_control_window(self._unread)
                self._unread = 0
        if stream is None:
            return
        if isinstance(event, h2.events.ResponseReceived):
            stream.begun([(str(name), str(value)) for name, value in event.headers or ()])
        elif isinstance(event, h2.events.DataReceived):
            stream.came(bytes(event.data or b""), event.flow_controlled_length or 0)
        elif isinstance(event, h2.events.StreamEnded):
            stream.end()
        elif isinstance(event, h2.events.StreamReset):
            kind = UnprocessedError if event.error_code == ErrorCodes.REFUSED_STREAM else LostError
            stream.fail(kind(f"the service cut the call off ({_named(event.error_code)})"))

    def _terminated(self, event: h2.events.ConnectionTerminated) -> None:
        self.retired = True
        told = f"the service ends the connection ({_named(event.error_code)})"
        for number, stream in list(self._streams.items()):
            if number > (event.last_stream_id or 0):
                stream.fail(UnprocessedError(told))

    def _fail(self, failure: Exception) -> None:
        for stream in list(self._streams.values()):
            stream.fail(failure)
        self._moved.set()
        self._changed()

    def _flush(self) -> None:
        data = self._h2.data_to_send()
        if data and not self._writer.is_closing():
            self._writer.write(data)


class Http2Stream:
    """One call.

    Attributes:
        number: Of the stream. complete: The answer is there to its end. sent: The request is. failure: Why it ended.
    """

    def __init__(self, channel: Http2Channel, number: int) -> None:
        self.number = number
        self.complete = False
        self.sent = False
        self.failure: Exception | None = None
        self._channel = channel
        self._head: asyncio.Future[Headers] = asyncio.get_running_loop().create_future()
        self._pieces: deque[tuple[bytes, int]] = deque()
        self._wake = asyncio.Event()

    async def head(self) -> Headers:
        """The head of the answer; raises OSError or the library's ProtocolError."""
        return await self._head

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body of the answer; raises what `head` does."""
        while True:
            while self._pieces:
                piece, size = self._pieces.popleft()
                self._channel.taken(self, size)
                yield piece
            if self.complete:
                return
            self.check()
            self._wake.clear()
            await self._wake.wait()

    def check(self) -> None:
        """Raises what ended it."""
        if self.failure is not None:
            raise self.failure

    def leave(self) -> None:
        """It is not needed any more."""
        self._channel.leave(self)

    def begun(self, headers: Headers) -> None:
        if not self._head.done():
            self._head.set_result(headers)

    def came(self, piece: bytes, size: int) -> None:
        self._pieces.append((piece, size))
        self._wake.set()

    def end(self) -> None:
        self.complete = True
        self._wake.set()

    def fail(self, failure: Exception) -> None:
        if self.complete:
            return
        self.failure = failure
        if not self._head.done():
            self._head.set_exception(failure)
            # Nobody need wait for it.
            self._head.exception()
        self._wake.set()


def _named(code: int | ErrorCodes | None) -> str:
    return code.name if isinstance(code, ErrorCodes) else str(code)
