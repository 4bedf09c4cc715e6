"""HTTP/2 over the network, where the service offers it; HTTP/1.1 everywhere else."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from typing import Any

from h2.exceptions import ProtocolError
from yarl import URL

from airdock.connectors.errors import unavailable
from airdock.connectors.http.calls import Received, Sending
from airdock.connectors.http.carrier import AGENT, NetworkCarrier
from airdock.connectors.http.http2.channel import Headers, Http2Channel, Http2Stream, UnprocessedError
from airdock.connectors.http.http2.reaching import Way
from airdock.connectors.http.http2.unpacking import unpacked
from airdock.connectors.http.whole import too_large
from airdock.errors import FlowError, described

_OFFERED = ["h2", "http/1.1"]
_ATTEMPTS = 3
"""So often a request is sent that the service says it has not looked at."""
_OF_THE_LINK = frozenset(("connection", "host", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade"))
"""Headers that HTTP/2 does not have."""


class Http2Carrier:
    """Carries calls to `https` addresses by HTTP/2 if the service takes it, and all else by another carrier.

    For one event loop. A connection carries as many calls at once as the service takes; then another one is made.
    """

    def __init__(
        self,
        name: str,
        way: Way,
        beside: NetworkCarrier,
        *,
        tls: tuple[ssl.SSLContext, ssl.SSLContext] | None = None,
        pool: int = 100,
        compressed: bool = True,
    ) -> None:
        """`tls`: contexts for the own origin and for others, which are this carrier's alone."""
        self._name = name
        self._way = way
        self._beside = beside
        self._tls = tls or (ssl.create_default_context(),) * 2
        for context in self._tls:
            context.set_alpn_protocols(_OFFERED)
        self._pool = pool
        self._accept = "gzip, deflate" if compressed else "identity"
        self._origins: dict[tuple[bool, str, int], _Origin] = {}

    async def send(self, sending: Sending) -> Received:
        url = URL(sending.url, encoded=True)
        if url.scheme != "https" or sending.upgrade is not None:
            return await self._beside.send(sending)
        self._beside.check_literal(sending.url)
        host, port = url.raw_host or "", url.port or 443
        key = (sending.own, host, port)
        origin = self._origins.get(key)
        if origin is None:
            origin = self._origins[key] = _Origin(self._pool)
        deadline = asyncio.get_running_loop().time() + sending.timeout
        refused = UnprocessedError()
        try:
            for _ in range(_ATTEMPTS):
                async with asyncio.timeout_at(deadline):
                    channel = await origin.channel(lambda: self._connected(sending.own, host, port))
                if channel is None:
                    break
                try:
                    return await self._sent(channel, sending, url, deadline)
                except UnprocessedError as error:
                    refused = error
                    if sending.pieces is not None and sending.pieces.taken:
                        raise
            else:
                raise refused
        except (OSError, ProtocolError) as error:
            raise self.told(error, sending) from error
        return await self._beside.send(sending)

    async def close(self) -> None:
        for origin in self._origins.values():
            await origin.close()
        await self._beside.close()

    async def _connected(self, own: bool, host: str, port: int) -> Http2Channel | None:
        """A connection to a service, by an address that may be connected to; None where it takes HTTP/1.1 alone."""
        made = await self._way.socket_to(host, port)
        try:
            context = self._tls[0 if own else 1]
            reader, writer = await asyncio.open_connection(sock=made, ssl=context, server_hostname=host)
        except BaseException:
            made.close()
            raise
        if writer.get_extra_info("ssl_object").selected_alpn_protocol() == "h2":
            return Http2Channel(reader, writer)
        writer.close()
        return None

    async def _sent(self, channel: Http2Channel, sending: Sending, url: URL, deadline: float) -> "_Http2Answer":
        loop, began = asyncio.get_running_loop(), asyncio.get_running_loop().time()
        body = _body_of(sending.body)
        waits = sending.stream or sending.pieces is not None
        stream = channel.begin(self._headers(sending, url), ends=body is None and sending.pieces is None)
        upload: asyncio.Task[None] | None = None
        try:
            async with asyncio.timeout_at(None if waits else deadline) as patience:
                if sending.pieces is not None:
                    body = sending.pieces.watched(patience, sending.timeout)
                elif waits:
                    patience.reschedule(began + sending.timeout)
                if body is not None:
                    upload = loop.create_task(_upload(channel, stream, body))
                else:
                    stream.sent = True
                head = await _first(stream, upload)
            answer = _Http2Answer(head, stream, upload, self, sending, None if waits else deadline)
        except BaseException as error:
            if isinstance(error, TimeoutError) and channel.heard < began:
                # Nothing at all has come: nobody may be there.
                channel.doubt()
            _let_go(stream, upload)
            raise
        return answer

    def _headers(self, sending: Sending, url: URL) -> Headers:
        named = {name.lower(): value for name, value in sending.headers.items()}
        host = named.get("host") or url.raw_authority
        asked = {":method": sending.method, ":scheme": url.scheme, ":authority": host, ":path": url.raw_path_qs}
        others = {"user-agent": AGENT, "accept": "*/*", "accept-encoding": self._accept}
        if sending.body is not None:
            others["content-length"] = str(len(sending.body))
        return [*asked.items()] + [each for each in {**others, **named}.items() if each[0] not in _OF_THE_LINK]

    def told(self, error: Exception, sending: Sending) -> FlowError:
        if isinstance(error, ProtocolError):
            where = sending.url.partition("?")[0]
            return FlowError("connector.http.response", f"{sending.method} {where}: no HTTP/2: {error!s:.200}")
        if isinstance(error, ssl.SSLError):
            return unavailable(self._name or sending.url.partition("?")[0], described(error))
        return self._beside.told(error, sending)


class _Origin:
    """The connections to one service.

    Attributes:
        plain: It takes HTTP/1.1 alone.
    """

    def __init__(self, most: int) -> None:
        self.plain = False
        self._most = most
        self._channels: list[Http2Channel] = []
        self._opening = asyncio.Lock()
        self._room = asyncio.Event()

    async def channel(self, connect: Any) -> Http2Channel | None:
        """A connection with room for a call; one at a time is made. None where there is HTTP/1.1 alone."""
        while True:
            async with self._opening:
                self._channels = [each for each in self._channels if not each.retired]
                found = next((each for each in self._channels if each.room), None)
                if found is not None or self.plain:
                    return found
                if len(self._channels) < self._most:
                    made: Http2Channel | None = await connect()
                    self.plain = made is None
                    if made is not None:
                        made.on_room(self._room.set)
                        self._channels.append(made)
                    return made
                self._room.clear()
            await self._room.wait()

    async def close(self) -> None:
        for channel in self._channels:
            await channel.close()


class _Http2Answer:
    """An answer whose body is still on the wire."""

    def __init__(
        self,
        head: Headers,
        stream: Http2Stream,
        upload: "asyncio.Task[None] | None",
        carrier: Http2Carrier,
        sending: Sending,
        deadline: float | None,
    ) -> None:
        self.status = 0
        self.headers = headers = dict[str, Any]()
        for name, value in head:
            if name == ":status":
                self.status = int(value)
            elif name not in headers:
                headers[name] = value
            elif isinstance(headers[name], list):
                headers[name].append(value)
            else:
                headers[name] = [headers[name], value]
        self._stream = stream
        self._upload = upload
        self._carrier = carrier
        self._sending = sending
        self._deadline = deadline

    async def read(self, most: int) -> bytes:
        length = self.headers.get("content-length", "")
        if isinstance(length, str) and length.isdecimal() and int(length) > most:
            self.close()
            raise too_large(most)
        return b"".join([piece async for piece in self.pieces(most)])

    async def pieces(self, most: int) -> AsyncIterator[bytes]:
        encoding = self.headers.get("content-encoding", "")
        try:
            async for piece in unpacked(self._arriving(), encoding if isinstance(encoding, str) else "", most):
                yield piece
        except (OSError, ProtocolError) as error:
            raise self._carrier.told(error, self._sending) from error
        finally:
            self.close()

    async def _arriving(self) -> AsyncIterator[bytes]:
        pieces = self._stream.pieces()
        while True:
            loop = asyncio.get_running_loop()
            until = loop.time() + self._sending.timeout if self._deadline is None else self._deadline
            async with asyncio.timeout_at(until):
                try:
                    piece = await anext(pieces)
                except StopAsyncIteration:
                    return
            yield piece

    def close(self) -> None:
        _let_go(self._stream, self._upload)


async def _upload(channel: Http2Channel, stream: Http2Stream, body: AsyncIterator[bytes]) -> None:
    await channel.send(stream, body)
    stream.sent = True


async def _first(stream: Http2Stream, upload: "asyncio.Task[None] | None") -> Headers:
    """The head of the answer, which may come before the body is sent; raises why sending failed, if that is first."""
    if upload is None:
        return await stream.head()
    head = asyncio.ensure_future(stream.head())
    try:
        await asyncio.wait([head, upload], return_when=asyncio.FIRST_COMPLETED)
        if not head.done():
            upload.result()
        return await head
    finally:
        head.cancel()


def _let_go(stream: Http2Stream, upload: "asyncio.Task[None] | None") -> None:
    if upload is not None and not upload.done():
        upload.cancel()
    elif upload is not None and not upload.cancelled():
        upload.exception()
    stream.leave()


def _body_of(body: bytes | None) -> AsyncIterator[bytes] | None:
    return None if body is None else _once(body)


async def _once(body: bytes) -> AsyncIterator[bytes]:
    yield body
