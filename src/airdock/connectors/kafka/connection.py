from typing import Any

from airdock.connectors.broker.connection import BrokerConnection
from airdock.connectors.broker.tls import BrokerTls
from airdock.connectors.errors import missing
from airdock.connectors.http.oauth import OAuth2Auth
from airdock.spec.channels import Endpoint, Heard
from airdock.spec.connection import Client, Opening, Secret
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Boolean, Choice, Duration, ListOf, Record, Text

MECHANISMS = {"plain": "PLAIN", "scram-sha-256": "SCRAM-SHA-256", "scram-sha-512": "SCRAM-SHA-512"}


class KafkaConnection(BrokerConnection):
    """A cluster of Kafka, or of what speaks its protocol.

    A message goes to the partition that the step names, else to the one that its `key` falls on, as the clients for
    Java choose it, else to any. Its id goes along as a header `airdock-id`, its content type as `content-type`. A
    message with a key and without a body is a tombstone. The step's `result`, where one is named, is an object of
    `topic`, `partition` and `offset`.

    The brokers that keep the topics are found by any of the `servers`, and are connected to under the names that they
    give themselves.

    Airdock is tested with the cluster that librdkafka has for tests of clients, which speaks the protocol over sockets.
    """

    type = "kafka"
    requires = "kafka"
    abilities = frozenset({"topic", "key", "headers", "partition"})
    receipts = True
    example = {
        "type": "kafka",
        "servers": ["kafka1.example.com:9093", "kafka2.example.com:9093"],
        "tls": {},
        "mechanism": "scram-sha-512",
        "user": "shop",
        "password": {"secret": "kafka-password"},
    }

    servers: list[str] = field(
        ListOf(Text(r"([A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}", "`host:port`"), 1),
        "Brokers by which the cluster is found; any of them may be away.",
        default=REQUIRED,
        example=["kafka1.example.com:9093", "kafka2.example.com:9093"],
    )
    tls: BrokerTls | None = field(
        Record(BrokerTls), "How it is encrypted, `{}` for the usual way; not at all if left out.", example={}
    )
    user: str = field(Text(), "Who signs in (SASL); nobody if left out.", default="", example="shop")
    password: Secret | None = field(Record(Secret), "The user's password.", example={"secret": "kafka-password"})
    mechanism: str = field(
        Choice(tuple(MECHANISMS)), "How the user signs in.", default="plain", example="scram-sha-512"
    )
    oauth: OAuth2Auth | None = field(
        Record(OAuth2Auth),
        "Signs in with the token of an authorization server, in place of a user.",
        example={
            "tokenUrl": "https://login.example.com/token",
            "clientId": "shop",
            "clientSecret": {"secret": "kafka-client"},
        },
    )
    client_id: str = field(
        Text(r"[A-Za-z0-9._-]{1,200}", "letters, digits, '.', '_', '-'"),
        "As whom the brokers know the caller, for their logs and quotas.",
        default="airdock",
    )
    acks: str = field(
        Choice(("all", "1", "0")),
        "Which brokers have a message when the step is done: `all` that are in step with each other, the one that leads"
        " its partition (`1`), or perhaps none (`0`).",
        default="all",
    )
    idempotent: bool = field(
        Boolean(), "What is sent again as its confirmation was lost is kept once; needs `acks: all`.", default=True
    )
    compression: str = field(
        Choice(("none", "gzip", "snappy", "lz4", "zstd")), "How messages are compressed.", default="none"
    )
    timeout: float = field(
        Duration(),
        "So long a connection, a confirmation and the like are waited for.",
        default=10.0,
        unit="s",
        example="5s",
    )

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        for server in element.servers:
            if not 0 < int(server.rpartition(":")[2]) < 65536:
                return [("servers", f"{server!r}: the port must be a number up to 65535")]
        if bool(element.user) != (element.password is not None):
            return [("user", "`user` and `password` go together")]
        if element.oauth is not None and element.user:
            return [("oauth", "name one of `user` and `oauth`")]
        if element.idempotent and element.acks != "all":
            return [("acks", 'without `acks: "all"` nothing is kept once: say `idempotent: false`, too')]
        return []

    async def connect(self, opening: Opening) -> Client:
        try:
            from airdock.connectors.kafka.bearer import Bearer
            from airdock.connectors.kafka.client import KafkaClient
        except ImportError as error:
            raise missing("Kafka", "kafka") from error
        return KafkaClient(self, opening, None if self.oauth is None else await Bearer.of(self.oauth, opening))

    def endpoints(self) -> list[Endpoint]:
        return [Endpoint("kafka" if self.tls is None else "kafka-secure", server) for server in self.servers]

    def sent_to(self, destination: str, queue: bool) -> Heard:
        return Heard(destination, "topic", "kafka")

    def fake(self) -> Client:
        from airdock.connectors.kafka.fake import FakeKafka

        return FakeKafka()
