from typing import Any
from urllib.parse import unquote, urlsplit

from airdock.connectors.broker.addressed import AddressedBroker
from airdock.connectors.broker.tls import BrokerTls
from airdock.connectors.errors import missing
from airdock.spec.channels import Endpoint, Heard, endpoint_of
from airdock.spec.connection import Client, Opening, Secret
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Choice, Duration, Record, Text

EXCHANGE = "amq.topic"


class RabbitConnection(AddressedBroker):
    """RabbitMQ, or another broker that speaks AMQP 0-9-1.

    A message to a `queue` goes to the queue of that name, which must be there: a listener makes it. One to a `topic`
    goes to the connection's `exchange` with the topic as its routing key; where no queue is bound, it is gone.

    The broker confirms each message when it has written it, and listeners acknowledge theirs one by one. A `delay` is
    kept by queues `airdock.delay.…`, which go by themselves. A `priority` counts in queues that have `maxPriority`. A
    `key` goes along as a header `airdock-key`.
    """

    type = "rabbitmq"
    requires = "rabbitmq"
    plain = ("amqp", 5672)
    encrypted = ("amqps", 5671)
    abilities = frozenset({"topic", "queue", "key", "headers", "delay", "expiration", "priority", "request"})
    apart = (("delay", "expiration"), ("delay", "request"))
    example = {
        "type": "rabbitmq",
        "url": "amqp://rabbit.example.com/shop",
        "user": "shop",
        "password": {"secret": "rabbit-password"},
    }

    url: str = field(
        Text(r"amqps?://[^/?#@\s]+(/[^/?#\s]*)?", "an address such as amqps://rabbit.example.com:5671/shop"),
        "Address of the broker, with the virtual host behind the slash. The port is 5672, with `amqps` 5671, if left"
        " out.",
        default=REQUIRED,
        example="amqps://rabbit.example.com/shop",
    )
    user: str = field(Text(), "Who signs in.", default="guest", example="shop")
    password: Secret | None = field(
        Record(Secret), "The user's password; `guest` if left out.", example={"secret": "rabbit-password"}
    )
    exchange: str = field(
        Text(r"[A-Za-z0-9._:-]{1,127}", "the name of an exchange"),
        "The exchange of topics. It is made, durable, unless it is one of the broker's own (`amq.`).",
        default=EXCHANGE,
        example="shop",
    )
    exchange_type: str = field(
        Choice(("topic", "direct", "fanout")), "What kind of exchange it is.", default="topic", example="topic"
    )
    timeout: float = field(
        Duration(),
        "So long a connection, a confirmation and the like are waited for.",
        default=10.0,
        unit="s",
        example="5s",
    )
    heartbeat: float = field(
        Duration(), "So often both sides show that they are there.", default=15.0, unit="s", example="10s"
    )
    tls: BrokerTls | None = field(Record(BrokerTls), "Of `amqps`.", example={"ca": "/shop/ca.pem"})

    @property
    def virtual_host(self) -> str:
        return unquote(urlsplit(self.url).path.removeprefix("/")) or "/"

    async def connect(self, opening: Opening) -> Client:
        try:
            from airdock.connectors.rabbitmq.client import RabbitClient
        except ImportError as error:
            raise missing("RabbitMQ", "rabbitmq") from error
        return RabbitClient(self, opening)

    def endpoints(self) -> list[Endpoint]:
        return [endpoint_of(self.url, version="0.9.1")]

    def sent_to(self, destination: str, queue: bool) -> Heard:
        if queue:
            return queue_heard(destination, {"deliveryMode": 2})
        exchange = {"name": self.exchange, "type": self.exchange_type, "durable": True, "autoDelete": False}
        channel = {"is": "routingKey", "exchange": exchange}
        return Heard(destination, "topic", "amqp", channel, {"deliveryMode": 2})

    def fake(self) -> Client:
        from airdock.connectors.rabbitmq.fake import FakeRabbit

        return FakeRabbit()


def queue_heard(queue: str, operation: dict[str, Any]) -> Heard:
    """A queue, for the AsyncAPI document; `queue` is empty where only a run knows it."""
    named = {"name": queue} if queue else {}
    channel = {"is": "queue", "queue": {**named, "durable": True, "exclusive": False, "autoDelete": False}}
    return Heard(queue, "queue", "amqp", channel, operation)
