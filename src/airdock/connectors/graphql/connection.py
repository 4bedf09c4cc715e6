from typing import Any

from airdock.connectors.graphql.client import GraphqlClient
from airdock.connectors.graphql.fake import FakeGraphql
from airdock.connectors.http.connection import HttpConnection, Proxy
from airdock.connectors.http.reach import ORIGIN
from airdock.connectors.http.schemes import Auth
from airdock.connectors.http.tls import Tls
from airdock.spec.connection import Client, Connection, Opening, Secret
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Duration, MapOf, OneOf, Record, Size, Text


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
        return GraphqlClient(opening.name, await http.connect(opening))

    def fake(self) -> Client:
        return FakeGraphql()

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return HttpConnection.check(element)
