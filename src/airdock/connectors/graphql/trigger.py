import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from airdock.connectors.graphql.connection import GraphqlConnection
from airdock.connectors.graphql.results import MOST_ERRORS, Executed
from airdock.connectors.http.ahead import Made
from airdock.spec.channels import Heard
from airdock.spec.connection import Link
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Literal, MapOf, Module, Text
from airdock.spec.trigger import Arrival, Listening, Source, Trigger


class GraphqlTrigger(Trigger):
    """What a GraphQL service gives to a subscription.

    The `data` of each result is the body. Its errors, if it has any, are `properties.message.errors`, a list; the data
    may then be null. What the document is, is literal, and so are its variables.

    A service gives each result once, and keeps nothing for who is away. When the connection is lost, or the service
    ends the subscription, it is subscribed to anew, for ever; what was received stays in hand meanwhile. A result whose
    run fails is tried again, and lies in the dead letters in the end. That the service does not take the document shows
    in the listener's state. Each process that listens has a subscription of its own.

    Subscriptions go over a WebSocket (`graphql-transport-ws`) or a stream of events, as the connection says; the older
    protocol `graphql-ws` is not spoken.
    """

    trigger = "graphql"
    prefetch = 10
    example = {
        "connection": "/shop/catalogue.connection",
        "query": "subscription Prices($sku: ID!) { price(sku: $sku) { sku amount } }",
        "variables": {"sku": "tea"},
    }

    connection: str = field(
        Module((".connection",)), "The service.", default=REQUIRED, example="/shop/catalogue.connection"
    )
    query: str = field(
        Text(), "The document: a subscription.", default=REQUIRED, example="subscription { orders { id state } }"
    )
    variables: dict[str, Any] = field(
        MapOf(Literal()), "What the document names with `$`.", default={}, example={"sku": "tea"}
    )
    operation: str = field(
        Text(r"[_A-Za-z]\w*", "the name of an operation"),
        "Which operation of the document; the only one if left out.",
        default="",
        example="Prices",
    )

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        if re.search(r"\bsubscription\b", element.query):
            return []
        return [("query", "a listener needs a `subscription`; queries and mutations are for the step `graphql`")]

    def heard(self) -> list[Heard]:
        return [Heard(self.operation, "subscription")]

    def source(self, listening: Listening) -> Source:
        link = listening.connection(self.connection, (GraphqlConnection,), self.place_of("connection"))
        return SubscriptionSource(link, self.query, self.variables, self.operation)


class SubscriptionSource:
    """The `Source` of a subscription."""

    def __init__(self, link: Link, document: str, variables: dict[str, Any], operation: str) -> None:
        self._link = link
        self._wanted = (document, variables, operation)

    def open(self, prefetch: int) -> AbstractAsyncContextManager[AsyncIterator[Arrival]]:
        return self._opened()

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[AsyncIterator[Arrival]]:
        async with self._link.use() as client:
            subscribing: Any = client.subscribe(*self._wanted)
            async with subscribing as results:
                yield ArrivalsAhead(results) if isinstance(results, Made) else _arrivals(results)


class ArrivalsAhead:
    """Results that are read ahead, as arrivals; see `airdock.spec.trigger.ReadAhead`."""

    def __init__(self, results: Made[Executed]) -> None:
        self.lost = results.lost
        self._results = results

    def __aiter__(self) -> "ArrivalsAhead":
        return self

    async def __anext__(self) -> Arrival:
        return _arrival(await anext(self._results))

    def left(self) -> list[Arrival]:
        return [_arrival(executed) for executed in self._results.left()]


async def _arrivals(results: AsyncIterator[Executed]) -> AsyncIterator[Arrival]:
    async for executed in results:
        yield _arrival(executed)


def _arrival(executed: Executed) -> Arrival:
    return Arrival(executed.data, about={"errors": executed.errors[:MOST_ERRORS]}, once=True)
