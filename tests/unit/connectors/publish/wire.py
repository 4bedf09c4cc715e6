"""A broker that keeps what is sent to it, and answers requests by itself."""

from typing import ClassVar, get_args

from airdock.connectors.broker import Ability, BrokerConnection, Message, Reply
from airdock.spec.connection import Client, Opening


class Wire(Client):
    """Its client.

    Attributes:
        sent: What was published. replies: What comes back, one after another. timeouts: How long was waited.
    """

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.replies: list[Reply] = []
        self.timeouts: list[float] = []

    async def publish(self, message: Message) -> None:
        self.sent.append(message)

    async def request(self, message: Message, patience: float) -> Reply:
        self.sent.append(message)
        self.timeouts.append(patience)
        return self.replies.pop(0)

    async def check(self) -> None:
        pass

    async def close(self) -> None:
        pass


class WireConnection(BrokerConnection):
    """A wire."""

    type = "wire"
    abilities = frozenset(get_args(Ability))
    client: ClassVar[Wire]

    async def connect(self, opening: Opening) -> Client:
        return self.client

    def fake(self) -> Client:
        return self.client


class ThinConnection(WireConnection):
    """A wire on which little goes."""

    type = "thin"
    abilities = frozenset({"topic"})
