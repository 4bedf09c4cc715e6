"""The hub as steps and listeners hold it: one for each space."""

from types import TracebackType

from airdock.connectors.broker import Ability, Message, Reply
from airdock.connectors.hub.home import HUB
from airdock.connectors.hub.hub import Hub
from airdock.connectors.hub.message import Outgoing
from airdock.connectors.hub.names import Channel, Kind, check_name
from airdock.errors import FlowError

ABILITIES: frozenset[Ability] = frozenset({"topic", "queue", "key", "headers"})
"""Which fields of `publish` the hub has something for."""


class HubClient:
    """The hub's topics and queues of one space.

    Attributes:
        hub: The whole. space: Whose sandbox it is; empty for the registry.
    """

    def __init__(self, hub: Hub, space: str) -> None:
        self.hub = hub
        self.space = space

    def channel(self, kind: Kind, name: str) -> Channel:
        """A topic or a queue of the space."""
        return Channel(self.space, kind, name)

    async def publish(self, message: Message) -> None:
        kind: Kind = "queue" if message.queue else "topic"
        channel = self.channel(kind, check_name(f"a {kind}", message.destination))
        await self.hub.send(
            channel, Outgoing(message.content, message.content_type, message.headers, message.key, message.id)
        )

    async def request(self, message: Message, patience: float) -> Reply:
        raise FlowError("connector.failed", "the hub passes messages on and gives no answers")

    async def check(self) -> None:
        await self.hub.check()

    async def close(self) -> None:
        """Nothing: the hub is shared."""


class HubLink:
    """What is held as `Link`.

    Attributes:
        path: As messages call it. connection: None, as it has no declaration.
    """

    connection = None

    def __init__(self, hub: Hub, space: str) -> None:
        self.path = HUB
        self._client = HubClient(hub, space)

    def use(self) -> "HubLink":
        return self

    async def __aenter__(self) -> HubClient:
        return self._client

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        return None
