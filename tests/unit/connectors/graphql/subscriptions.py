"""A GraphQL service with subscriptions, in the tests' own process, and the same in memory."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import WSMsgType, web
from graphql import ExecutionResult, GraphQLError, build_schema, parse, subscribe

from airdock.connectors.errors import unavailable
from airdock.connectors.graphql.fake import FakeGraphql
from airdock.connectors.graphql.results import Executed, errors_of

SCHEMA = build_schema("""
type Query { nothing: String }
type Subscription { price(sku: ID!): Price }
type Price { sku: ID!, amount: Float, secret: String }
""")
PRICES = "subscription Prices($sku: ID!) { price(sku: $sku) { sku amount } }"
SECRETS = "subscription { price(sku: 1) { sku secret } }"


class Feed:
    """What a subscription is given.

    Attributes:
        variables: Of the subscription. gone: Nobody listens any more.
    """

    def __init__(self, variables: dict[str, Any]) -> None:
        self.variables = variables
        self.gone = asyncio.Event()
        self._values: asyncio.Queue[Any] = asyncio.Queue()

    def give(self, amount: float) -> None:
        self._values.put_nowait({"sku": self.variables["sku"], "amount": amount})

    def end(self) -> None:
        """The subscription is complete."""
        self._values.put_nowait(None)

    async def events(self) -> AsyncIterator[Any]:
        try:
            while (value := await self._values.get()) is not None:
                yield value
        finally:
            self.gone.set()


class Prices:
    """The service; at `/graphql` by graphql-transport-ws, and by events to a POST.

    Attributes:
        feeds: The subscriptions, in order. sockets: The sockets, in order. greetings: What `connection_init` had.
        scripts: What is sent in place of all after a greeting, in order; a text as it is. deaf: It greets nobody.
        pongs: How often it was answered to a ping. sent: How many results it has sent.
    """

    def __init__(self) -> None:
        self.url = ""
        self.feeds: asyncio.Queue[Feed] = asyncio.Queue()
        self.sockets: list[web.WebSocketResponse] = []
        self.greetings: list[Any] = []
        self.scripts: list[list[Any]] = []
        self.pongs = self.sent = 0
        self.deaf = False
        self.protocols = ("graphql-transport-ws",)
        self.headers: list[dict[str, str]] = []
        price = SCHEMA.subscription_type.fields["price"]  # type: ignore[union-attr]
        price.subscribe = self._subscribed
        price.resolve = lambda event, info, sku: event
        SCHEMA.type_map["Price"].fields["secret"].resolve = _secret  # type: ignore[attr-defined]

    def _subscribed(self, root: Any, info: Any, sku: str) -> AsyncIterator[Any]:
        feed = Feed({"sku": sku})
        self.feeds.put_nowait(feed)
        return feed.events()

    async def next(self) -> Feed:
        async with asyncio.timeout(10):
            return await self.feeds.get()

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(protocols=self.protocols)
        await socket.prepare(request)
        self.sockets.append(socket)
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        running: list[asyncio.Task[None]] = []
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT and not self.deaf:
                    await self._take(socket, json.loads(message.data), running)
        finally:
            for task in running:
                task.cancel()
        return socket

    async def _take(self, socket: web.WebSocketResponse, message: Any, running: list[asyncio.Task[None]]) -> None:
        if message["type"] == "connection_init":
            self.greetings.append(message.get("payload"))
            if self.scripts:
                for each in self.scripts.pop(0):
                    await socket.send_str(each if isinstance(each, str) else json.dumps(each))
            else:
                await socket.send_json({"type": "connection_ack"})
        elif message["type"] == "pong":
            self.pongs += 1
        elif message["type"] == "subscribe":
            running.append(asyncio.create_task(self._run(socket, message["id"], message["payload"])))

    async def _run(self, socket: web.WebSocketResponse, id: str, payload: Any) -> None:
        results = await _results(payload)
        if isinstance(results, ExecutionResult):
            errors = [error.formatted for error in results.errors or []]
            await socket.send_json({"id": id, "type": "error", "payload": errors})
            return
        async for result in results:
            await socket.send_json({"id": id, "type": "next", "payload": result.formatted})
            self.sent += 1
        await socket.send_json({"id": id, "type": "complete"})

    async def events(self, request: web.Request) -> web.StreamResponse:
        results = await _results(await request.json())
        if isinstance(results, ExecutionResult):
            return web.json_response(results.formatted, status=400)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        async for result in results:
            await response.write(f"event: next\ndata: {json.dumps(result.formatted)}\n\n".encode())
        await response.write(b"event: complete\ndata:\n\n")
        return response


async def _results(payload: Any) -> Any:
    try:
        document = parse(payload["query"])
    except GraphQLError as error:
        return ExecutionResult(None, [error])
    found = subscribe(
        SCHEMA, document, variable_values=payload.get("variables"), operation_name=payload.get("operationName")
    )
    return await found if asyncio.iscoroutine(found) else found


def _secret(event: Any, info: Any) -> str:
    raise PermissionError("not for you")


@asynccontextmanager
async def prices() -> AsyncIterator[Prices]:
    """The service while it runs."""
    service = Prices()
    app = web.Application()
    app.router.add_get("/graphql", service.socket)
    app.router.add_post("/graphql", service.events)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    service.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield service
    finally:
        await runner.cleanup()


class MemoryFeed:
    """What a subscription of the fake is given."""

    def __init__(self, variables: dict[str, Any], queue: Any) -> None:
        self.variables = variables
        self._queue = queue

    def give(self, amount: float) -> None:
        price = {"sku": self.variables.get("sku", "1"), "amount": amount}
        self._queue.put_nowait(Executed({"price": price}, []))

    def end(self) -> None:
        self._queue.put_nowait(unavailable("a test", "the service has ended the subscription"))

    def refuse(self) -> None:
        self._queue.put_nowait(errors_of("a test", [{"message": "no"}]))


class MemoryPrices:
    """The same in memory: the fake of a client."""

    def __init__(self, fake: FakeGraphql) -> None:
        self._fake = fake

    async def next(self) -> MemoryFeed:
        async with asyncio.timeout(10):
            _, variables, _, queue = await self._fake.subscriptions.get()
        return MemoryFeed(variables, queue)
