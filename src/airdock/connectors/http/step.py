"""The step `http`."""

from collections.abc import Callable
from typing import Any

from airdock.connectors.http.address import origin_in, path_problem
from airdock.connectors.http.bodies import decode_body, excerpt
from airdock.connectors.http.calls import Answer, Call
from airdock.connectors.http.connection import UNNAMED, HttpConnection, is_name
from airdock.connectors.http.making import NO_VALUE, address_of, caller, headers_of, statuses
from airdock.connectors.http.openapi.calling import operation_caller, operation_problems
from airdock.connectors.http.paging import Paging, items_of
from airdock.connectors.http.retrying import REPEATABLE, status_error
from airdock.connectors.http.streaming import streamed
from airdock.exchange import Exchange
from airdock.expressions import Template
from airdock.response import Headers
from airdock.spec.connection import Link
from airdock.spec.fields import field
from airdock.spec.kinds import TEXT_TEMPLATE, Boolean, Duration, Integer, ListOf, MapOf, Module, Record, Size, Text
from airdock.spec.kinds import Template as TemplateKind
from airdock.spec.step import Compiled, Compiler, Outside, ProducingStep
from airdock.streams import Stream

IDEMPOTENCY_KEY = "idempotency-key"
"""The header by which a service knows a call that it has had."""
_STATUS = r"[1-5]([0-9]{2}|xx)"


class Http(ProducingStep):
    """Calls a service over HTTP.

    The address is `path` beneath the `url` of a connection, or a full `url`: with a connection one of its origins
    (`url`, `allow`), without one an origin that is written out here. Values in a path or query are percent-encoded;
    one in a path is one segment, or a part of one, and never leads out of it.

    The `body` is sent as the header `Content-Type` says: JSON, `application/x-www-form-urlencoded` and
    `multipart/form-data` from an object, texts and bytes as they are. Without that header an object or a list is JSON,
    a text `text/plain`, bytes `application/octet-stream`; what `marshal` made has its own type.

    A body that comes item by item, texts or bytes, is sent so (chunked) and never in memory as a whole: what `file`,
    `http` or `marshal` made as a stream, and with `streamBody` the request's body. `timeout` is then for each wait. It
    is sent once: an attempt that has begun to send it is not repeated, by no `retry` and after no redirect that wants
    it again.

    The answer's body is read by its content type: JSON and forms as values, `text/*` and XML as texts, anything else
    as bytes; null where it is empty. It becomes the body, and the answer's headers those of the message; with `result`
    it goes into that property and the message stays as it is. `response` names the property that takes
    `{status, headers, url}`.

    With `operation` and `params` the connection's OpenAPI document says where a call goes, and arguments and a JSON
    body are checked by it: what is written out when the flow is compiled, the rest at each call.

    A status that is not in `expect` is an error `connector.http.status` with `status`, `headers` and the beginning of
    the `body` in its `details`; `on: ["http.5xx"]` takes it. A `retry` waits as long as the service asks for
    (`Retry-After`), and gives up if that is longer than its `maxDelay`.
    """

    type = "http"
    group = "connectors"
    waits = True
    example = {"type": "http", "connection": "/shop/crm.connection", "path": "/orders/${body.id}", "result": "order"}

    connection: str = field(
        Module((".connection",)), "The connection that is used.", default="", example="/shop/crm.connection"
    )
    url: Template | None = field(TEXT_TEMPLATE, "A full address.", example="https://api.example.com/orders/${body.id}")
    method: str = field(Text(r"[A-Z]{1,20}", "a method in capitals"), "The method.", default="GET", example="POST")
    path_: Template | None = field(
        TEXT_TEMPLATE, "What is added to the connection's `url`; it may have a query.", example="/orders/${body.id}"
    )
    query: dict[str, Template] = field(
        MapOf(TemplateKind()),
        "Parameters; a list repeats its name, null leaves it out.",
        default={},
        example={"limit": 20, "status": "${properties.status}"},
    )
    operation: str = field(
        Text(".+", "an `operationId`, or a method and a path such as GET /pets/{id}"),
        "An operation of the connection's OpenAPI document, in place of `method`, `path` and `query`.",
        default="",
        example="getPetById",
    )
    params: dict[str, Template] = field(
        MapOf(TemplateKind()),
        "The operation's parameters, wherever it has them; null leaves one out.",
        default={},
        example={"petId": "${body.id}"},
    )
    headers: dict[str, Template] = field(
        MapOf(TemplateKind(("string", "number", "boolean", "null"))),
        "Headers; null leaves one out.",
        default={},
        example={"Content-Type": "application/x-www-form-urlencoded"},
    )
    body: Template | None = field(TemplateKind(), "What is sent; nothing if left out.", example={"id": "${body.id}"})
    stream_body: bool = field(
        Boolean(),
        "The message's body is sent, piece by piece: that of the request as it comes, if no step set another.",
        default=False,
    )
    max_body: int = field(
        Size(), "With `streamBody`, so much of the request's body is sent.", default=1024**3, unit="bytes"
    )
    expect: list[str] = field(
        ListOf(Text(_STATUS, "a status such as 404, or a class such as 2xx"), 1),
        "The statuses that are no error.",
        default=["2xx"],
        example=["2xx", "404"],
    )
    response: str = field(
        Text(), "The exchange property that takes `status`, `headers` and `url` of the answer.", default="http"
    )
    raw: bool = field(Boolean(), "The answer's body stays bytes, whatever its type.", default=False)
    stream: bool = field(
        Boolean(),
        "The answer's body is a stream of bytes, to be read by `unmarshal` with `streaming`; `maxSize` bounds it only"
        " where the step has one, and `timeout` is for each wait.",
        default=False,
    )
    cache: bool = field(
        Boolean(), "Whether the answer may come from the connection's `cache`, where it has one.", default=True
    )
    paginate: Paging | None = field(
        Record(Paging),
        "The answer comes in pages: their items are a stream, for `split`. Pages are fetched as they are needed.",
        example={"by": "link"},
    )
    max_size: int | None = field(Size(), "The largest answer; the connection's if left out.", unit="bytes")
    redirects: int | None = field(Integer(0, 20), "So many redirects are followed; the connection's if left out.")
    timeout: float | None = field(
        Duration(), "The call may take so long; the connection's if left out.", unit="s", example="5s"
    )

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        broken = [*_check_address(element)]
        for name, value in element.headers.items():
            if not is_name(name):
                broken.append(("headers", f"{name!r} is no header that a step may set"))
            elif value.constant and NO_VALUE.search(str(value.value)):
                broken.append(("headers", f"the value of {name!r} is not one line"))
        if element.paginate is not None and (element.stream or element.raw):
            broken.append(("paginate", "the items of pages are a stream of values: leave `stream` and `raw` out"))
        broken += operation_problems(element)
        if element.stream_body and (element.body is not None or element.operation):
            broken.append(("streamBody", "`streamBody` sends the message's body: leave `body` and `operation` out"))
        sends = element.body is not None or element.stream_body
        if sends and not element.operation and element.method in ("GET", "HEAD"):
            broken.append(("body", f"a {element.method} has no body: give `method`"))
        return broken

    @property
    def sets(self) -> tuple[str, ...]:
        return (self.response,)

    @property
    def repeatable(self) -> bool:
        # Of an operation that has a name, the method is known when the connection's document is read.
        method = self.operation.partition(" ")[0] if " " in self.operation else "" if self.operation else self.method
        keyed = any(name.lower() == IDEMPOTENCY_KEY for name in self.headers)
        return not method or method in REPEATABLE or keyed

    @property
    def time_limit(self) -> float | None:
        # The client has its own, which tells an answer that does not come from a step that hangs.
        return None

    @property
    def reaches(self) -> Outside:
        template = self.url or self.path_
        if self.operation:
            return Outside(self.connection, lambda exchange: self.operation)
        if template is None:
            return Outside(self.connection, lambda exchange: "")
        make = address_of(template)
        return Outside(self.connection, make if callable(make) else lambda exchange: make)

    def compile(self, compiler: Compiler) -> Compiled:
        if self.operation:
            made, expected = operation_caller(self, compiler, headers_of(self.headers)), statuses(self.expect)

            def make(exchange: Exchange) -> Call:
                call = made(exchange)
                call.expected, call.stream, call.cached = expected, self.stream, self.cache
                return call

            return self._compile(compiler, make)
        return self._compile(compiler, caller(self))

    def _compile(self, compiler: Compiler, make: Callable[[Exchange], Call]) -> Compiled:
        link: Link = (
            compiler.connection(self.connection, (HttpConnection,), self.place_of("connection"))
            if self.connection
            else compiler.unnamed(UNNAMED)
        )
        take = _taker(self, compiler.clock.now)

        if self.paginate is not None:
            return self._paged(self.paginate, link, make, compiler.clock.now)
        if self.stream:
            return self._streamed(link, make, compiler.clock.now)

        async def http(exchange: Exchange) -> None:
            call = make(exchange)
            async with link.use() as client:
                answer = await client.send(call)
            take(exchange, call, answer)

        return http

    def _streamed(self, link: Link, make: Callable[[Exchange], Call], now: Callable[[], float]) -> Compiled:
        note, store = _noter(self), self.store()

        async def http(exchange: Exchange) -> None:
            answer, stream = await streamed(exchange, link, make(exchange), now())
            note(exchange, answer)
            store(exchange, stream)

        return http

    def _paged(
        self, paging: Paging, link: Link, make: Callable[[Exchange], Call], now: Callable[[], float]
    ) -> Compiled:
        store = self.store()

        async def fetch(call: Call) -> tuple[Answer, Any]:
            async with link.use() as client:
                answer = await client.send(call)
            return answer, _value_of(call, answer, now)

        def http(exchange: Exchange) -> None:
            store(exchange, Stream(items_of(paging, make(exchange), exchange, fetch)))

        return http


def _check_address(step: Http) -> list[tuple[str, str]]:
    if step.url is None:
        if not step.connection:
            return [("", "where to? give `connection`, or a full `url`")]
    elif step.path_ is not None:
        return [("path", "give `url` or `path`, one of the two")]
    elif not step.connection and not origin_in(step.url):
        return [("url", "without a `connection` the scheme and the host are written out, and followed by a /")]
    template = step.url or step.path_
    problem = "" if template is None else path_problem(template, len(origin_in(template)))
    return [("path" if step.url is None else "url", problem)] if problem else []


def _taker(step: Http, now: Callable[[], float]) -> Callable[[Exchange, Call, Answer], None]:
    """What puts an answer into the message, or raises the error that it is."""
    store, note, raw = step.store(), _noter(step), step.raw

    def take(exchange: Exchange, call: Call, answer: Answer) -> None:
        value = _value_of(call, answer, now, raw)
        note(exchange, answer)
        store(exchange, value)

    return take


def _value_of(call: Call, answer: Answer, now: Callable[[], float], raw: bool = False) -> Any:
    """What an answer's body says, if its status is expected."""
    if answer.status not in call.expected:
        told = excerpt(answer.content, answer.content_type)
        raise status_error(call.method, answer.url, answer.status, answer.headers, told, now())
    return answer.content if raw else decode_body(answer.content, answer.content_type)


def _noter(step: Http) -> Callable[[Exchange, Answer], None]:
    """What puts the head of an answer into the message."""
    response, to_body = step.response, not step.result

    def note(exchange: Exchange, answer: Answer) -> None:
        exchange.properties[response] = {"status": answer.status, "headers": answer.headers, "url": answer.url}
        if to_body:
            headers = Headers()
            # Their names are in lower case already.
            dict.update(headers, answer.headers)
            exchange.document["headers"] = headers

    return note
