"""Who publishes messages: the client of every broker, of its fake, and of the built-in hub."""

from typing import Any, Protocol

from airdock.connectors.broker.message import Message, Reply


class Publisher(Protocol):
    """Sends messages. What of a message the broker has no place for was refused when the flow was compiled."""

    async def publish(self, message: Message) -> dict[str, Any] | None:
        """Returns when the broker has confirmed that it keeps the message, or passed it on where it keeps none;
        gives where it has put it, where the connection has `receipts`.

        Cut off while it waits, the message may have been sent or not. It may be called many times at once; messages of
        one key that are published one after another stay in order.

        Raises:
            FlowError: `connector.unavailable`, it may have been sent or not; `connector.timeout`, no confirmation came;
                `connector.broker.*`, the broker does not take it.
        """

    async def request(self, message: Message, patience: float) -> Reply:
        """Publishes a message and waits so many seconds for the answer to it.

        Raises:
            FlowError: `connector.timeout`, none came; else as `publish`.
        """
