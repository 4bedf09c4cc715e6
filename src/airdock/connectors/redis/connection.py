from typing import Any
from urllib.parse import urlsplit

from airdock.connectors.broker.connection import BrokerConnection
from airdock.connectors.errors import missing
from airdock.connectors.redis.client import RedisClient
from airdock.connectors.redis.fake import FakeRedis
from airdock.errors import FlowError
from airdock.spec.channels import Endpoint, endpoint_of
from airdock.spec.connection import Opening, Secret
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Duration, Integer, Module, Record, Text


class Redis(BrokerConnection):
    """A server of Redis, or one that speaks as it does.

    `redis://user@host:6379/0`; the user may be left out, and so may the number of the database. `rediss://` is
    encrypted, and the server's certificate is checked. Connections are pooled; one that the server closed meanwhile is
    made anew. No command is sent twice by itself.

    `publish` adds to the stream that `queue` names, or sends on the channel that `topic` names, which takes content
    alone and keeps nothing.

    In tests of flows it is an empty one in memory.
    """

    type = "redis"
    requires = "redis"
    abilities = frozenset({"topic", "queue", "key", "headers"})
    apart = (("topic", "key"), ("topic", "headers"))
    example = {"type": "redis", "url": "rediss://shop@cache.example.com", "password": {"secret": "cache"}}

    url: str = field(
        Text(), "The address, without a password.", default=REQUIRED, example="rediss://shop@cache.example.com"
    )
    password: Secret | None = field(Record(Secret), "The user's password.", example={"secret": "cache"})
    pool: int = field(Integer(1, 1000), "So many connections are open at most, in each process.", default=20)
    timeout: float = field(Duration(), "A command may take so long.", default=10.0, unit="s", example="2s")
    connect_timeout: float = field(
        Duration(),
        "Connecting, and waiting for a free connection of the pool, may take so long.",
        default=5.0,
        unit="s",
        example="5s",
    )
    ca: str = field(
        Module((".pem", ".crt")),
        "The certificates that the server's is checked with; those of the system if left out.",
        default="",
        example="/shop/ca.pem",
    )

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        try:
            parts = urlsplit(element.url)
            valid = parts.scheme in ("redis", "rediss") and parts.hostname and (parts.port or 1) > 0
        except ValueError:
            return [("url", "this is no address such as redis://host:6379")]
        if not valid or parts.query or parts.fragment or not (parts.path.strip("/") or "0").isdigit():
            return [("url", "this is no address such as redis://host:6379/0")]
        if parts.password is not None:
            return [("url", "the address holds a password: give it as `password`, by the name of a secret")]
        return []

    async def connect(self, opening: Opening) -> RedisClient:
        try:
            from redis.asyncio import Redis as Client
        except ImportError as error:
            raise missing("A `redis` connection", "redis") from error
        client = RedisClient(opening.name, Client.from_pool(self._pool(opening)), self.timeout)
        try:
            await client.check()
        except BaseException:
            await client.close()
            raise
        return client

    def _pool(self, opening: Opening) -> Any:
        from redis.asyncio import Connection as PlainConnection
        from redis.asyncio import SSLConnection
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff

        from airdock.connectors.redis.pool import Pool

        parts = urlsplit(self.url)
        tls: dict[str, Any] = {}
        if parts.scheme == "rediss":
            content = opening.file(self.ca) if self.ca else None
            if self.ca and content is None:
                raise FlowError("connector.refused", f"{opening.name}: there is no file {self.ca!r}")
            tls = {"ssl_ca_data": None if content is None else content.decode("ascii", "replace")}
        return Pool(
            connection_class=SSLConnection if tls else PlainConnection,
            max_connections=self.pool,
            timeout=self.connect_timeout,
            host=parts.hostname,
            port=parts.port or 6379,
            db=int(parts.path.strip("/") or 0),
            username=parts.username,
            password=None if self.password is None else opening.secret(self.password),
            socket_connect_timeout=self.connect_timeout,
            socket_keepalive=True,
            # What was sent may have been done: trying again is the flow's business.
            retry=Retry(NoBackoff(), 0),
            client_name="airdock",
            **tls,
        )

    def endpoints(self) -> list[Endpoint]:
        return [endpoint_of(self.url)]

    def fake(self) -> RedisClient:
        return FakeRedis()
