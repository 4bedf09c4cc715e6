"""The face for granian's RSGI, the fast way."""

from collections.abc import AsyncGenerator, Callable, Iterable
from typing import Any

from granian.rsgi import (  # type: ignore[attr-defined]  # its stubs do not mark them as exported
    HTTPProtocol,
    ProtocolClosed,
    ProtocolError,
    Scope,
    WebsocketProtocol,
)

from airdock.triggers.http.answer import Answer
from airdock.triggers.http.handler import HttpHandler
from airdock.triggers.http.request import HttpRequest, cut_off, too_large
from airdock.triggers.http.settings import Limits
from airdock.triggers.http.streaming.peer import peer_of
from airdock.triggers.http.streaming.rsgi import RsgiOutlet, RsgiSocket
from airdock.triggers.http.streaming.wire import Gone, Sent

# A stream that was reset under HTTP/2 gives empty chunks for ever.
_MOST_EMPTY_CHUNKS = 16
_WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS"})


class RsgiRequest(HttpRequest):
    """A request that reads from an RSGI scope. Each read of it is a call into the server, so it comes late."""

    _scope_fields: Any = None

    def __init__(self, scope: Scope, protocol: HTTPProtocol, limits: Limits) -> None:
        self.method = scope.method
        self.path = scope.path
        self.limits = limits
        self._scope = scope
        self._protocol = protocol

    def take_query_string(self) -> str:
        return self._scope.query_string

    def take_header(self, name: str) -> str | None:
        value: str | None = self._fields.get(name)
        return value

    def take_all(self, name: str) -> list[str]:
        values: list[str] = self._fields.get_all(name)
        return values

    def take_fields(self) -> Iterable[tuple[str, str]]:
        fields: Iterable[tuple[str, str]] = self._fields.items()
        return fields

    @property
    def _fields(self) -> Any:
        # The server makes another copy of them each time it is asked.
        fields = self._scope_fields
        if fields is None:
            fields = self._scope_fields = self._scope.headers
        return fields

    @property
    def remote(self) -> str:  # type: ignore[override]  # looked up only for runs that use it
        return self._scope.client.rpartition(":")[0].strip("[]")

    def is_open_ended(self) -> bool:
        return self.method not in _WITHOUT_BODY and self._scope.http_version.startswith("2")

    async def open_stream(self, headers: list[tuple[str, str]]) -> RsgiOutlet:
        try:
            transport = self._protocol.response_stream(200, headers)
        except (ProtocolClosed, ProtocolError):
            raise Gone from None
        return RsgiOutlet(transport, self._protocol, peer_of(self._scope.client))

    async def accept(self) -> RsgiSocket:
        protocol: Any = self._protocol
        try:
            return RsgiSocket(await protocol.accept(), protocol, peer_of(self._scope.client))
        except (ProtocolClosed, ProtocolError):
            raise Gone from None

    async def receive(self, length: int | None, limit: int) -> bytes:
        if length is not None:
            # Read whole only what announced its length: the server does not bound this call.
            try:
                return await self._protocol()
            except (ProtocolClosed, ProtocolError):
                raise cut_off() from None
        data = bytearray()
        async for chunk in self.receive_pieces(length):
            self.hold(len(chunk))
            data += chunk
            if len(data) > limit:
                raise too_large(limit)
        return bytes(data)

    async def receive_pieces(self, length: int | None) -> AsyncGenerator[bytes, None]:
        empty = came = 0
        try:
            async for chunk in self._protocol:
                came += len(chunk)
                empty = 0 if chunk else empty + 1
                if empty >= _MOST_EMPTY_CHUNKS:
                    raise cut_off()
                yield chunk
        except (ProtocolClosed, ProtocolError):
            raise cut_off() from None
        if length is not None and came != length:
            raise cut_off()
        # The server ends a body that was cut off like a whole one, but for one more empty chunk (so it does behind
        # trailers, which are refused therefore). Under HTTP/2 a whole one may have it too.
        if length is None and empty > 1 and not self._scope.http_version.startswith("2"):
            raise cut_off()


class RsgiApp:
    """The application that granian serves.

    Args:
        handler: Makes the answers.
        on_start: Called with the event loop before the first request, with the loop standing still.
        on_stop: Called with the event loop after the last one.
    """

    def __init__(
        self,
        handler: HttpHandler,
        on_start: Callable[[Any], None] | None = None,
        on_stop: Callable[[Any], None] | None = None,
    ) -> None:
        self._answer = handler.answer
        self._answer_socket = handler.answer_socket
        self._limits = handler.limits
        self._on_start = on_start
        self._on_stop = on_stop

    def __rsgi_init__(self, loop: Any) -> None:
        if self._on_start is not None:
            self._on_start(loop)

    def __rsgi_del__(self, loop: Any) -> None:
        if self._on_stop is not None:
            self._on_stop(loop)

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol | WebsocketProtocol) -> None:
        if isinstance(protocol, WebsocketProtocol):
            await self._open_socket(scope, protocol)
            return
        answer = self._answer(RsgiRequest(scope, protocol, self._limits))
        if not isinstance(answer, Answer):
            answer = await answer
        try:
            # The server counts the body, and keeps it back for HEAD.
            if isinstance(answer.body, str):
                protocol.response_str(answer.status, answer.headers, answer.body)
            elif answer.body:
                protocol.response_bytes(answer.status, answer.headers, answer.body)
            elif not isinstance(answer, Sent):
                protocol.response_empty(answer.status, answer.headers)
        except ProtocolClosed:
            # The client is gone; there is nobody to tell.
            return

    async def _open_socket(self, scope: Scope, protocol: WebsocketProtocol) -> None:
        request = RsgiRequest(scope, protocol, self._limits)  # type: ignore[arg-type]  # of both it has the scope
        request.method = "GET"
        answer = self._answer_socket(request)
        if not isinstance(answer, Answer):
            answer = await answer
        if not isinstance(answer, Sent):
            # The server tells the status alone.
            protocol.close(answer.status)
