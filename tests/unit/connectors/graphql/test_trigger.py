"""Subscriptions: over a WebSocket, as a stream of events, and in memory, with the same promises."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import pytest

from airdock.connectors.graphql.connection import GraphqlConnection, Subscriptions
from airdock.connectors.graphql.trigger import GraphqlTrigger
from airdock.errors import FlowError
from airdock.spec.connection import Secret
from airdock.spec.descriptors import Redelivery
from tests.service.proxy import Proxy
from tests.unit.connectors.graphql.subscriptions import PRICES, SECRETS, MemoryPrices, Prices, prices
from tests.unit.connectors.held import Held, end_of, next_of
from tests.unit.connectors.listening import listening
from tests.unit.connectors.opening import PUBLIC, ConnectedFlows, opening
from tests.unit.flows import Flows


def trigger(query: str = PRICES, **fields: Any) -> GraphqlTrigger:
    fields.setdefault("variables", {"sku": "tea"})
    return GraphqlTrigger(connection="p/c.connection", query=query, **fields)


def source(client: Any, query: str = PRICES, **fields: Any) -> Any:
    return trigger(query, **fields).source(Held(client))  # type: ignore[arg-type]


def connection(service: Prices, over: str = "websocket", **fields: Any) -> GraphqlConnection:
    told = {name: fields.pop(name) for name in ("connection_params", "path", "silence", "heartbeat") if name in fields}
    fields.setdefault("url", f"{service.url}/graphql")
    return GraphqlConnection(subscriptions=Subscriptions(over=over, **told), **fields)


class World(NamedTuple):
    """A client, and the service that it reaches."""

    client: Any
    service: Any


@pytest.fixture(params=["fake", "websocket", "sse"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    if request.param == "fake":
        fake: Any = GraphqlConnection(url="http://127.0.0.1:1/graphql").fake()
        yield World(fake, MemoryPrices(fake))
        return
    async with prices() as service:
        client = await connection(service, request.param).connect(opening())
        yield World(client, service)
        await client.close()


async def test_results_arrive(world: World) -> None:
    async with source(world.client, operation="Prices").open(5) as arrivals:
        feed = await world.service.next()
        assert feed.variables == {"sku": "tea"}
        for amount in (1.5, 2.5):
            feed.give(amount)
            arrival = await next_of(arrivals)
            assert arrival.body == {"price": {"sku": "tea", "amount": amount}}
            assert (arrival.about, arrival.once) == ({"errors": []}, True)
            await arrival.accept()


async def test_a_service_that_ends_the_subscription(world: World) -> None:
    made = source(world.client)
    async with made.open(5) as arrivals:
        feed = await world.service.next()
        feed.give(1.0)
        feed.end()
        await next_of(arrivals)
        error = await end_of(arrivals)
        assert (error.code, "ended the subscription" in error.message) == ("connector.unavailable", True)
    async with made.open(5):
        await world.service.next()


@pytest.fixture
async def service() -> AsyncIterator[Prices]:
    async with prices() as service:
        yield service


@pytest.mark.parametrize("over", ["websocket", "sse"])
async def test_errors_beside_data(service: Prices, over: str) -> None:
    client: Any = await connection(service, over).connect(opening())
    async with source(client, SECRETS, variables={}).open(5) as arrivals:
        (await service.next()).give(1.0)
        arrival = await next_of(arrivals)
        assert arrival.body == {"price": {"sku": "1", "secret": None}}
        assert [each["message"] for each in arrival.about["errors"]] == ["not for you"]
    await client.close()


async def test_a_document_that_is_not_taken(service: Prices) -> None:
    client: Any = await connection(service).connect(opening())
    async with source(client, "subscription { prize }", variables={}).open(5) as arrivals:
        error = await end_of(arrivals)
        assert (error.code, "prize" in error.message) == ("connector.graphql.errors", True)
    await client.close()
    client = await connection(service, "sse").connect(opening())
    error = await refusal(client, "subscription { prize }", variables={})
    assert (error.code, "prize" in error.message) == ("connector.graphql.errors", True)
    await client.close()


async def refusal(client: Any, *query: str, **fields: Any) -> FlowError:
    with pytest.raises(FlowError) as caught:
        async with asyncio.timeout(10), source(client, *query, **fields).open(5):
            raise AssertionError
    return caught.value


async def test_who_subscribes_is_told_by_headers_and_parameters(service: Prices) -> None:
    told = connection(
        service,
        url=f"{service.url}/other",
        path="/graphql",
        headers={"X-Key": Secret(secret="k")},
        connection_params={"token": Secret(secret="t"), "client": "airdock"},
    )
    client: Any = await told.connect(opening({"k": "abc", "t": "def\n"}))
    async with source(client).open(5):
        await service.next()
        assert service.greetings == [{"token": "def", "client": "airdock"}]
        assert service.headers[0]["x-key"] == "abc"
    await client.close()
    client = await connection(service).connect(opening(network=PUBLIC))
    assert (await refusal(client)).code == "connector.network"
    await client.close()


@pytest.mark.parametrize(
    ("script", "code"),
    [
        (["{"], "connector.http.response"),
        (["[]"], "connector.http.response"),
        ([{"type": 1}], "connector.http.response"),
        ([{"type": "next", "id": "1", "payload": {}}], "connector.http.response"),
    ],
)
async def test_greetings_that_are_none(service: Prices, script: list[Any], code: str) -> None:
    client: Any = await connection(service).connect(opening())
    service.scripts = [script]
    assert (await refusal(client)).code == code
    await client.close()


@pytest.mark.parametrize(
    "message",
    [
        {"type": "what", "id": "1"},
        {"type": "next", "id": "2", "payload": {"data": None}},
        {"type": "next", "id": "1", "payload": {"dada": 1}},
        {"type": "next", "id": "1", "payload": "x"},
        '{"type": "next", "id": "1", "payload": {"data": ' + "[" * 300 + "]" * 300 + "}}",
        '{"type": "next", "id": "1", "payload": {"data": ' + "[" * 100_000,
        {"type": "connection_ack"},
    ],
)
async def test_messages_that_are_none(service: Prices, message: Any) -> None:
    client: Any = await connection(service).connect(opening())
    service.scripts = [[{"type": "connection_ack", "payload": {"any": "thing"}}, {"type": "pong"}, message]]
    async with source(client).open(5) as arrivals:
        assert (await end_of(arrivals)).code == "connector.http.response"
    await client.close()


async def test_pings_of_the_protocol_are_answered(service: Prices) -> None:
    client: Any = await connection(service).connect(opening())
    service.scripts = [[{"type": "ping"}, {"type": "connection_ack"}, {"type": "ping", "payload": {"a": 1}}]]
    async with source(client).open(5) as arrivals:
        (await service.next()).give(1.0)
        await next_of(arrivals)
        assert service.pongs == 2
    await client.close()


async def test_bounds(service: Prices) -> None:
    client: Any = await connection(service, timeout=0.1).connect(opening())
    service.deaf = True
    error = await refusal(client)
    assert (error.code, "connection_ack" in error.message) == ("connector.timeout", True)
    service.deaf, service.protocols = False, ("graphql-ws",)
    assert "does not speak graphql-transport-ws" in (await refusal(client)).message
    await client.close()
    service.protocols = ("graphql-transport-ws",)
    for over in ("websocket", "sse"):
        client = await connection(service, over, max_size=100).connect(opening())
        async with source(client, variables={"sku": "x" * 200}).open(5) as arrivals:
            (await service.next()).give(1.0)
            assert (await end_of(arrivals)).code == "connector.http.tooLarge"
        await client.close()


@pytest.mark.parametrize(("code", "told"), [(4403, "connector.refused"), (4429, "connector.unavailable")])
async def test_a_service_that_closes_says_why(service: Prices, code: int, told: str) -> None:
    client: Any = await connection(service).connect(opening())
    async with source(client).open(5) as arrivals:
        await service.next()
        closing = asyncio.ensure_future(service.sockets[0].close(code=code, message=b"because"))
        error = await end_of(arrivals)
        assert (error.code, f"{code}: because" in error.message) == (told, True)
        await closing
    await client.close()


def test_programs_are_told_where_results_come_from() -> None:
    assert trigger(operation="Prices").heard()[0].address == "Prices"
    assert GraphqlConnection(url="https://api.example.com/graphql").endpoints()[0].path == "/graphql"


# The whole listener.


async def test_a_service_that_goes_and_comes_back() -> None:
    async with prices() as service:
        proxy = Proxy("127.0.0.1", int(service.url.rpartition(":")[2]))
        proxy.cut()
        declared = connection(service, url=f"http://127.0.0.1:{proxy.port}/graphql")
        redelivery = Redelivery(attempts=2, delay=0.3)
        async with listening(declared, trigger(), prefetch=1, redelivery=redelivery) as process:
            await process.until(lambda: process.state.state == "reconnecting")

            def works(exchange: Any) -> None:
                if exchange.body["price"]["amount"] == 1.0:
                    raise FlowError("shop.closed", "it cannot be done")

            process.works = works
            proxy.restore()
            feed = await service.next()
            for amount in (1.0, 1.5, 1.6):
                feed.give(amount)
            await process.until(lambda: process.state.failed == 1 and service.sent == 3)
            # Its answer comes when all before it was read.
            await service.sockets[0].send_json({"type": "ping"})
            await process.until(lambda: service.pongs)
            proxy.cut()
            # What was read ahead is worked off, too.
            await process.until(lambda: process.state.succeeded == 2)
            assert len(process.dead) == 1
            proxy.restore()
            (await service.next()).give(2.0)
            await process.until(lambda: process.state.succeeded == 3)
            assert process.runs[-1] == {"price": {"sku": "tea", "amount": 2.0}}
            assert (process.messages[-1]["errors"], process.state.state) == ([], "listening")
        proxy.cut()


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"query": "query { price }"}, "a listener needs a `subscription`"),
        ({"query": PRICES, "operation": "1"}, "the name of an operation"),
        ({}, "query"),
    ],
)
def test_what_is_refused(connected: ConnectedFlows, params: dict[str, Any], told: str) -> None:
    connected.write("p/c.connection", {"type": "graphql", "url": "http://127.0.0.1:1/graphql"})
    params = {"connection": "/p/c.connection", **params}
    listener = {"trigger": "graphql", "params": params, "steps": [{"type": "output", "message": "x"}]}
    connected.write("p/l.listener", listener)
    (problem,) = connected.problems([])
    assert told in problem


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"over": "sse", "connectionParams": {"a": "b"}}, "belong to a WebSocket"),
        ({"heartbeat": "0s"}, "longer than 0"),
        ({"path": "graphql"}, "a path such as"),
    ],
)
def test_subscriptions_that_are_none(flows: Flows, fields: dict[str, Any], told: str) -> None:
    flows.write("p/c.connection", {"type": "graphql", "url": "http://127.0.0.1/graphql", "subscriptions": fields})
    assert any(told in each for each in flows.problems([]))
