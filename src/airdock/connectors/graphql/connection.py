from typing import Any

from airdock.connectors.graphql.client import GraphqlClient
from airdock.connectors.graphql.fake import FakeGraphql
from airdock.connectors.graphql.subscribing import Way
from airdock.connectors.http.connection import HttpConnection, Proxy, broken_address
from airdock.connectors.http.reach import ORIGIN, read_address
from airdock.connectors.http.schemes import Auth
from airdock.connectors.http.tls import Tls
from airdock.spec.channels import Endpoint, endpoint_of
from airdock.spec.connection import Client, Connection, Opening, Secret
from airdock.spec.fields import REQUIRED, Spec, field
from airdock.spec.kinds import Choice, Duration, MapOf, OneOf, Record, Size, Text


class Subscriptions(Spec):
    """How the service gives what listeners subscribe to."""

    over: str = field(
        Choice(("websocket", "sse")),
        "`websocket`: the protocol `graphql-transport-ws`. `sse`: a stream of events for each subscription.",
        default="websocket",
    )
    path: str = field(
        Text(r"/[^?#\s\\]*", "a path such as /subscriptions, from the host on"),
        "The path at which they are, on the same host; that of `url` if left out.",
        default="",
        example="/subscriptions",
    )
    connection_params: dict[str, Any] = field(
        MapOf(OneOf((Text(), Record(Secret)))),
        "What the first message of a WebSocket has (`connection_init`), where HTTP headers are not enough.",
        default={},
        example={"token": {"secret": "shop-token"}},
    )
    heartbeat: float = field(
        Duration(),
        "After so much silence of a WebSocket the service is asked (ping) whether it is there; after as much again it"
        " is lost.",
        default=30.0,
        unit="s",
        example="10s",
    )
    silence: float = field(
        Duration(),
        "When nothing came for so long by `sse`, not even a comment, the connection counts as lost.",
        default=300.0,
        unit="s",
        example="1m",
    )

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        if element.connection_params and element.over == "sse":
            return [("connectionParams", "`connectionParams` belong to a WebSocket; `headers` are sent in any case")]
        return [] if element.heartbeat > 0 else [("heartbeat", "the time between two pings is longer than 0")]


class GraphqlConnection(Connection):
    """A GraphQL service over HTTP.

    Whether it is there is asked by `{__typename}`, which every such service knows.
    """

    type = "graphql"
    example = {
        "type": "graphql",
        "url": "https://api.example.com/graphql",
        "auth": {"type": "bearer", "token": {"secret": "shop-token"}},
    }

    url: str = field(
        Text(rf"{ORIGIN}(/[^?#\s\\]*)?", "an address such as https://api.example.com/graphql, without query"),
        "Its address.",
        default=REQUIRED,
        example="https://api.example.com/graphql",
    )
    auth: Auth | None = field(Record(Auth), "Who calls.", example={"type": "bearer", "token": {"secret": "shop-token"}})
    headers: dict[str, Any] = field(
        MapOf(OneOf((Text(), Record(Secret)))),
        "HTTP headers of each call.",
        default={},
        example={"X-Client": "airdock"},
    )
    timeout: float = field(Duration(), "A call may take so long in all.", default=30.0, unit="s", example="10s")
    max_size: int = field(Size(), "The largest answer.", default=10 * 1024**2, unit="bytes", example="10MB")
    subscriptions: Subscriptions | None = field(
        Record(Subscriptions), "How listeners subscribe.", example={"path": "/subscriptions"}
    )
    tls: Tls | None = field(Record(Tls), "How TLS is used.", example={"ca": "/shop/ca.pem"})
    proxy: Proxy | None = field(Record(Proxy), "A proxy.", example={"url": "http://proxy.example.com:3128"})

    async def connect(self, opening: Opening) -> Client:
        http = HttpConnection(
            url=self.url,
            auth=self.auth,
            headers=self.headers,
            timeout=self.timeout,
            redirects=0,
            max_size=self.max_size,
            tls=self.tls,
            proxy=self.proxy,
        )
        way = self._way(opening)
        return GraphqlClient(opening.name, await http.connect(opening), way, opening.clock)

    def _way(self, opening: Opening) -> Way:
        told = self.subscriptions or Subscriptions()
        url = read_address(self.url).origin + told.path if told.path else ""
        params = {
            name: value if isinstance(value, str) else opening.secret(value).strip()
            for name, value in told.connection_params.items()
        }
        return Way(url, told.over, params, told.heartbeat, told.silence)

    def endpoints(self) -> list[Endpoint]:
        return [endpoint_of(self.url)]

    def fake(self) -> Client:
        return FakeGraphql()

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return broken_address(element)
