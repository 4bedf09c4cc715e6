"""The face for any ASGI server, alone or mounted in another application."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from airdock.triggers.http.answer import Answer
from airdock.triggers.http.handler import HttpHandler
from airdock.triggers.http.request import HttpRequest, cut_off, too_large
from airdock.triggers.http.settings import Limits
from airdock.triggers.http.streaming.asgi import AsgiOutlet, AsgiSocket
from airdock.triggers.http.streaming.wire import Gone, Sent

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Callback = Callable[[], Awaitable[None]]

_WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS"})


class AsgiRequest(HttpRequest):
    """A request that reads from an ASGI scope."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, limits: Limits) -> None:
        super().__init__(scope.get("method", "GET"), _path(scope), limits)
        self._scope = scope
        self._receive = receive
        self._send = send

    def take_query_string(self) -> str:
        query: bytes = self._scope.get("query_string") or b""
        return query.decode("utf-8", "replace")

    def take_fields(self) -> Iterable[tuple[str, str]]:
        return ((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in self._scope["headers"])

    @property
    def remote(self) -> str:  # type: ignore[override]  # looked up only for runs that use it
        client = self._scope.get("client")
        return str(client[0]) if client else ""

    def is_open_ended(self) -> bool:
        return self.method not in _WITHOUT_BODY and str(self._scope.get("http_version", "")) >= "2"

    async def open_stream(self, headers: list[tuple[str, str]]) -> AsgiOutlet:
        fields = [(name.encode(), value.encode()) for name, value in headers]
        try:
            await self._send({"type": "http.response.start", "status": 200, "headers": fields})
        except OSError:
            raise Gone from None
        return AsgiOutlet(self._receive, self._send)

    async def accept(self) -> AsgiSocket:
        # The first message is that somebody wants to connect.
        await self._receive()
        try:
            await self._send({"type": "websocket.accept"})
        except OSError:
            raise Gone from None
        return AsgiSocket(self._receive, self._send)

    async def receive(self, length: int | None, limit: int) -> bytes:
        data = bytearray()
        async for chunk in self.receive_pieces(length):
            if length is None:
                self.hold(len(chunk))
            data += chunk
            if len(data) > limit:
                raise too_large(limit)
        return bytes(data)

    async def receive_pieces(self, length: int | None) -> AsyncGenerator[bytes, None]:
        came = 0
        more = True
        while more:
            message = await self._receive()
            if message["type"] != "http.request":
                raise cut_off()
            chunk = message.get("body", b"")
            more = message.get("more_body", False)
            came += len(chunk)
            yield chunk
        if length is not None and came != length:
            raise cut_off()


class AsgiApp:
    """An ASGI 3 application: served by itself, or mounted in a Starlette or FastAPI application.

    Args:
        handler: Makes the answers.
        on_startup: Awaited when the server starts; what it raises stops the start.
        on_shutdown: Awaited when the server stops.
    """

    def __init__(
        self, handler: HttpHandler, on_startup: Callback | None = None, on_shutdown: Callback | None = None
    ) -> None:
        self._handler = handler
        self._on_startup = on_startup
        self._on_shutdown = on_shutdown

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["type"]:
            case "http":
                await self._answer(scope, receive, send)
            case "lifespan":
                await self._live(receive, send)
            case "websocket":
                await self._open_socket(scope, receive, send)
            case kind:
                raise ValueError(f"the ASGI scope {kind!r} is not supported")

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = AsgiRequest(scope, receive, send, self._handler.limits)
        answer = self._handler.answer(request)
        if not isinstance(answer, Answer):
            answer = await answer
        if isinstance(answer, Sent):
            return
        body = answer.body.encode() if isinstance(answer.body, str) else answer.body
        try:
            await send({"type": "http.response.start", "status": answer.status, "headers": _fields(answer, len(body))})
            await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else body})
        except OSError:
            # Servers may say so when the client is gone; there is nobody to tell.
            return

    async def _open_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self._handler.answer_socket(AsgiRequest(scope, receive, send, self._handler.limits))
        if not isinstance(answer, Answer):
            answer = await answer
        if isinstance(answer, Sent):
            return
        body = answer.body.encode() if isinstance(answer.body, str) else answer.body
        try:
            if "websocket.http.response" in scope.get("extensions", {}):
                head = {"status": answer.status, "headers": _fields(answer, len(body))}
                await send({"type": "websocket.http.response.start", **head})
                await send({"type": "websocket.http.response.body", "body": body})
            else:
                await receive()
                await send({"type": "websocket.close", "code": 1000})
        except OSError:
            return

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        if not await _call(self._on_startup, "startup", send):
            return
        await receive()
        await _call(self._on_shutdown, "shutdown", send)


async def _call(callback: Callback | None, phase: str, send: Send) -> bool:
    try:
        if callback is not None:
            await callback()
    except Exception as error:  # noqa: BLE001 -- the server is told, and ends
        await send({"type": f"lifespan.{phase}.failed", "message": f"{type(error).__name__}: {error}"})
        return False
    await send({"type": f"lifespan.{phase}.complete"})
    return True


def _path(scope: Scope) -> str:
    """The path below the mount. Its prefix is part of `path` by the standard; older frameworks took it off."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "").rstrip("/")
    return path[len(root) :] if root and path.startswith(f"{root}/") else path


def _fields(answer: Answer, length: int) -> list[tuple[bytes, bytes]]:
    fields = [(name.encode(), value.encode()) for name, value in answer.headers]
    if answer.status not in (204, 304):
        fields.append((b"content-length", b"%d" % length))
    return fields
