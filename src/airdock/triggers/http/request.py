"""The request of an HTTP caller: every part is made when it is first asked for, and kept."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any

from airdock.deadline import DeadlineError, within
from airdock.errors import FlowError
from airdock.request import FormUnread, Request
from airdock.response import ABSENT
from airdock.triggers.http.bodies import is_form, parse_body
from airdock.triggers.http.encodings import can_unpack, undo_encoding
from airdock.triggers.http.multipart import parse_form
from airdock.triggers.http.pieces import wire_pieces
from airdock.triggers.http.query import all_values, decode, first_values, joined_fields, parse_cookies, parse_pairs
from airdock.triggers.http.settings import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from airdock.triggers.http.streaming.wire import Outlet, Socket


class HttpRequest(Request):
    """A request; the servers' faces say in subclasses where its raw parts come from.

    Attributes:
        limits: How much is taken in. route_params: Values of the `{name}` parts of the route; None where it has none.
        shows_details: The caller may see what went wrong inside: the flow is in a sandbox of its own.
        opens_socket: It asks for a WebSocket. stands_alone: It comes from no wire, as those of tests do.
        further_headers: For an answer that begins before its run ends. delivery: Sends what the steps gave by then.
    """

    # Values of the class stand for "not made yet": setting a dozen attributes per request would cost more than routing.
    route_params: dict[str, str] | None = None
    shows_details: bool = False
    opens_socket: bool = False
    stands_alone: bool = False
    further_headers: tuple[tuple[str, str], ...] = ()
    delivery: Callable[[Any], Awaitable[None]] | None = None
    _query_string: str | None = None
    _pairs: list[tuple[str, str]] | None = None
    _query: dict[str, str] | None = None
    _query_all: dict[str, list[str]] | None = None
    _headers: dict[str, Any] | None = None
    _cookies: dict[str, str] | None = None
    _expected: bool | None = None
    _wire: bytes | None = None
    _data: bytes | None = None
    _form: dict[str, Any] | None = None
    _body: Any = ABSENT
    _failure: FlowError | None = None
    _lock: asyncio.Lock | None = None
    _held: int = 0

    def __init__(self, method: str, path: str, limits: Limits = DEFAULT_LIMITS) -> None:
        self.method = method
        self.path = path
        self.limits = limits

    # What a face provides.

    def take_query_string(self) -> str:
        """The query of the address, not decoded, without its question mark."""
        return ""

    def take_header(self, name: str) -> str | None:
        """The first header field of a lower-case name."""
        return self.headers.get(name)

    def take_all(self, name: str) -> list[str]:
        """Every header field of a lower-case name, in order."""
        return [value for each, value in self.take_fields() if each == name]

    def take_fields(self) -> Iterable[tuple[str, str]]:
        """Every header field, with lower-case names."""
        return ()

    def is_open_ended(self) -> bool:
        """Whether a body may follow that no header announces, as HTTP/2 allows."""
        return False

    async def receive(self, length: int | None, limit: int) -> bytes:
        """The body from the wire.

        Args:
            length: Bytes that the client announced, already known to be within the limit; None: unknown, and room is
                to be taken for what comes.
            limit: Most bytes to take.

        Raises:
            FlowError: `request.tooLarge`, `request.incomplete` or `request.busy`.
        """
        return b""

    async def receive_pieces(self, length: int | None) -> AsyncGenerator[bytes, None]:
        """The body from the wire, as it comes.

        Args:
            length: Bytes that the client announced; None: unknown.

        Raises:
            FlowError: `request.incomplete`.
        """
        yield b""

    async def open_stream(self, headers: list[tuple[str, str]]) -> "Outlet":
        """Begins an answer with status 200 that goes out piece by piece; raises Gone."""
        raise NotImplementedError

    async def accept(self) -> "Socket":
        """Accepts the WebSocket that is asked for; raises Gone."""
        raise NotImplementedError

    async def deliver(self, exchange: Any) -> None:
        if self.delivery is not None:
            await self.delivery(exchange)

    # The query.

    @property
    def query_string(self) -> str:
        text = self._query_string
        if text is None:
            text = self._query_string = self.take_query_string()
        return text

    @property
    def _parameters(self) -> list[tuple[str, str]]:
        if self._pairs is None:
            self._pairs = parse_pairs(self.query_string, self.limits.parameters)
        return self._pairs

    @property
    def query(self) -> dict[str, str]:
        if self._query is None:
            self._query = first_values(self._parameters)
        return self._query

    @property
    def queryAll(self) -> dict[str, list[str]]:  # noqa: N802 -- the name that expressions use
        if self._query_all is None:
            self._query_all = all_values(self._parameters)
        return self._query_all

    def parameter(self, name: str) -> str | None:
        text = self._query_string
        if text is None:
            text = self._query_string = self.take_query_string()
        if text:
            found, _, value = text.partition("=")
            # One plain parameter, as `name=Joe` is, needs no pairs.
            if "&" in value or "%" in text or "+" in text or "&" in found:
                if (first := self.query.get(name)) is not None:
                    return first
            elif found == name:
                return value
        return self._form_parameter(name)

    def _form_parameter(self, name: str) -> str | None:
        if self._form is None and is_form(self.content_type) and self.unread:
            raise FormUnread
        field = self.form.get(name)
        return field if field is None or isinstance(field, str) else field["filename"]

    # The head.

    @property
    def headers(self) -> dict[str, Any]:
        if self._headers is None:
            self._headers = joined_fields(self.take_fields())
        return self._headers

    @property
    def params(self) -> dict[str, str]:
        if self.route_params is None:
            self.route_params = {}
        return self.route_params

    @property
    def cookies(self) -> dict[str, str]:
        if self._cookies is None:
            self._cookies = parse_cookies(self.headers.get("cookie", ""), self.limits.parameters)
        return self._cookies

    @property
    def content_type(self) -> str:
        return self.take_header("content-type") or ""

    def hide(self, *, header: str = "", parameter: str = "") -> None:
        """Takes a header, and a parameter of the query, out of what flows see: it is a credential."""
        if header:
            self.headers.pop(header, None)
        if parameter:
            parts = self.query_string.split("&")
            self._query_string = "&".join(part for part in parts if decode(part.partition("=")[0]) != parameter)
            self._pairs = self._query = self._query_all = None

    # The body.

    @property
    def unread(self) -> bool:  # type: ignore[override]  # looked up only for runs that use the body
        if self._data is not None:
            return False
        if self._expected is None:
            self._expected = self._is_body_expected()
        return self._expected

    def _is_body_expected(self) -> bool:
        length = self._announced()
        if length is None:
            return self.take_header("transfer-encoding") is not None or self.is_open_ended()
        return length > 0

    def _announced(self) -> int | None:
        text = self.take_header("content-length")
        if text is None:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 20):
            raise FlowError("request.body", "The Content-Length is not a number.")
        if self.take_header("transfer-encoding") is not None:
            raise FlowError("request.body", "A request may not have both Content-Length and Transfer-Encoding.")
        return int(text)

    async def read(self) -> None:
        """Takes the body from the wire; branches of a run may call it at once, and again.

        Raises:
            FlowError: `request.tooLarge`, `request.incomplete` (408 if the client was too slow), `request.encoding`,
                `request.body`, `request.busy`; the same one again when it is called again.
        """
        if self.unread:
            if self._lock is None:
                self._lock = asyncio.Lock()
            async with self._lock:
                if self.unread:
                    await self._read_once()

    async def read_wire(self) -> bytes:
        """Takes the body from the wire and gives it as it was sent, `Content-Encoding` not undone; `read` does that.

        To be called before anything else reads the body.

        Raises:
            FlowError: what `read` raises.
        """
        if not self.unread:
            return self._data or b""
        if self._wire is None:
            self._wire = await self._take_wire()
        return self._wire

    async def _read_once(self) -> None:
        if self._failure is not None:
            raise self._again(self._failure)
        # Stands if this task is cancelled: what it took from the wire is lost.
        self._failure = FlowError("request.incomplete", "Reading the body was broken off.")
        try:
            self._data = await self._take_body()
        except FlowError as error:
            self._failure = error
            raise
        self._failure = None

    @staticmethod
    def _again(failure: FlowError) -> FlowError:
        return FlowError(failure.code, failure.message, status=failure.status)

    def pieces(self, most: int) -> AsyncIterator[bytes]:
        encoding = self.take_header("content-encoding") or ""
        begun = self._wire is not None or self._failure is not None
        if begun or not self.unread or not can_unpack(encoding):
            return self._read_piece()
        self._expected = False
        self._failure = FlowError("request.incomplete", "The body was read piece by piece, and is not kept.")
        return wire_pieces(self.receive_pieces, self._announced(), encoding, most, self.limits.body_seconds)

    async def _read_piece(self) -> AsyncIterator[bytes]:
        await self.read()
        yield self._taken

    def hold(self, count: int) -> None:
        """Takes room for so many bytes of the body.

        Raises:
            FlowError: `request.busy`, the bodies of other requests leave none.
        """
        self.limits.room.take(count)
        self._held += count

    def release(self) -> None:
        """Gives the room of the body back: the run has ended."""
        if self._held:
            self.limits.room.give(self._held)
            self._held = 0

    async def _take_body(self) -> bytes:
        data = await self._take_wire() if self._wire is None else self._wire
        body = undo_encoding(data, self.take_header("content-encoding") or "", self.limits.body)
        self._wire = None
        if len(body) > self._held:
            self.hold(len(body) - self._held)
        return body

    async def _take_wire(self) -> bytes:
        limit = self.limits.body
        length = self._announced()
        if length is not None:
            if length > limit:
                raise too_large(limit)
            self.hold(length)
        seconds = self.limits.body_seconds
        try:
            return await within(seconds, self.receive(length, limit))
        except DeadlineError:
            raise FlowError("request.incomplete", f"The body did not come within {seconds:g} s.", status=408) from None

    @property
    def _taken(self) -> bytes:
        if self.unread:
            raise FlowError("internal", "the body was used before it was read")
        if self._failure is not None:
            raise self._again(self._failure)
        return self._data or b""

    @property
    def content(self) -> bytes:
        return self._taken

    @property
    def form(self) -> dict[str, Any]:
        if self._form is None:
            content_type = self.content_type
            self._form = parse_form(content_type, self._taken, self.limits) if is_form(content_type) else {}
        return self._form

    @property
    def body(self) -> Any:
        if self._body is ABSENT:
            content_type = self.content_type
            self._body = self.form if is_form(content_type) else parse_body(content_type, self._taken, self.limits)
        return self._body


def too_large(limit: int) -> FlowError:
    """The error of a body beyond the limit."""
    return FlowError("request.tooLarge", f"The body is larger than {limit} bytes.")


def cut_off() -> FlowError:
    """The error of a body that ended before it was whole."""
    return FlowError("request.incomplete", "The body was cut off.")
