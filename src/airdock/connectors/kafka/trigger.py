from typing import NamedTuple

from airdock.connectors.broker.source import BrokerSource
from airdock.connectors.kafka.connection import KafkaConnection
from airdock.spec.channels import Heard
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Choice, Duration, ListOf, Module, Text
from airdock.spec.trigger import Listening, Source, Trigger


class Subscription(NamedTuple):
    """What is listened to.

    Attributes:
        topics: Names, or patterns with `*`. group: Who shares the messages. earliest: A new group gets what is there.
        by_partition: Messages of a partition are kept in order, whatever their keys.
        session: Seconds after which the brokers give up a member that is silent.
        handover: Seconds that runs may take to end when partitions go to other members.
    """

    topics: tuple[str, ...]
    group: str
    earliest: bool = True
    by_partition: bool = False
    session: float = 30.0
    handover: float = 10.0


class KafkaTrigger(Trigger):
    """Messages of topics of Kafka, as a member of a consumer group.

    Those who listen with one `group`, in whatever process, share the partitions. The group's offset of a partition is
    committed behind the messages that have all been worked off, never past one that has not: what was not comes again,
    and with it what came after it, so it may come twice. No more than 1000 messages, or ten times `prefetch`, are
    begun behind one that is still worked on.

    When members come or go, runs have the time of `handover` to end. What is still worked on then goes on where the
    partition stays; where it goes to another member, what has not begun is left to that one, and what has will be
    worked off there, too.

    Messages with one key are worked off in the order in which they came, with `order: partition` all of a partition.
    The flow sees `topic`, `partition`, `offset` and `timestamp` (in milliseconds) as `properties.message`. A message
    that brings no `airdock-id` has as its id where it lies, `orders/3/17@1700000000000`.
    """

    trigger = "kafka"
    requires = "kafka"
    prefetch = 100
    example = {"connection": "/shop/kafka.connection", "topics": ["orders"], "group": "billing"}

    connection: str = field(
        Module((".connection",)), "The cluster.", default=REQUIRED, example="/shop/kafka.connection"
    )
    topics: list[str] = field(
        ListOf(Text(r"[A-Za-z0-9._*-]{1,249}", "a topic, or a pattern with `*`"), 1),
        "Topics; `*` stands for any characters. A topic that is named must be there, or be made by the brokers when it"
        " is asked for.",
        default=REQUIRED,
        example=["orders", "shop.*"],
    )
    group: str = field(
        Text(r"[^\x00-\x1f\x7f]{1,200}", "a name"),
        "The consumer group; the listener's path if left out.",
        default="",
        example="billing",
    )
    start_from: str = field(
        Choice(("earliest", "latest")),
        "What a new group begins with: all that the topics have, or what comes from then on.",
        default="earliest",
    )
    order: str = field(Choice(("key", "partition")), "What is kept in order.", default="key")
    session_timeout: float = field(
        Duration(), "After which silence a member's partitions go to others.", default=30.0, unit="s", example="45s"
    )
    handover: float = field(
        Duration(), "So long runs may take to end when partitions go to other members.", default=10.0, unit="s"
    )

    def heard(self) -> list[Heard]:
        group = {"groupId": {"type": "string", "const": self.group}} if self.group else {}
        return [Heard(topic, "topic", "kafka", private=group) for topic in self.topics]

    def source(self, listening: Listening) -> Source:
        link = listening.connection(self.connection, (KafkaConnection,), self.place_of("connection"))
        return BrokerSource(link, self.subscription(listening.name))

    def subscription(self, listener: str) -> Subscription:
        """What the listener of a name listens to."""
        return Subscription(
            tuple(self.topics),
            self.group or f"airdock.{listener.removesuffix('.listener').replace('/', '.')}",
            self.start_from == "earliest",
            self.order == "partition",
            self.session_timeout,
            self.handover,
        )


def pattern_of(topics: tuple[str, ...]) -> str:
    """A regular expression for all topics that are named."""
    return "|".join(each.replace(".", r"\.").replace("*", ".*") for each in topics)


def has_pattern(topics: tuple[str, ...]) -> bool:
    return any("*" in each for each in topics)
