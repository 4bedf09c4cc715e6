"""What the connections of all brokers have in common."""

from typing import ClassVar

from airdock.connectors.broker.message import Ability
from airdock.spec.channels import Heard
from airdock.spec.connection import Connection
from airdock.spec.fields import field
from airdock.spec.kinds import ListOf, Text


class BrokerConnection(Connection):
    """A message broker. Its clients, the fake included, are each a `Publisher`.

    Attributes:
        abilities: Which fields of `publish` it has something for. apart: Pairs of them that do not go together.
        receipts: Its clients tell where they have put a message.
    """

    abilities: ClassVar[frozenset[Ability]] = frozenset()
    apart: ClassVar[tuple[tuple[Ability, Ability], ...]] = ()
    receipts: ClassVar[bool] = False

    allow: list[str] = field(
        ListOf(Text()),
        "Globs of the topics and queues that flows may send to; all if left out.",
        default=[],
        example=["orders.*"],
    )

    def sent_to(self, destination: str, queue: bool) -> Heard:
        """What `publish` sends to, for the AsyncAPI document; `destination` is empty where only a run knows it."""
        return Heard(destination, "queue" if queue else "topic")
