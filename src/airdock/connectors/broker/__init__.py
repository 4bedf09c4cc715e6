"""What all message brokers share: the messages that are published, and who publishes them."""

from airdock.connectors.broker.connection import BrokerConnection
from airdock.connectors.broker.message import Ability, Message, Reply
from airdock.connectors.broker.publisher import Publisher

__all__ = ["Ability", "BrokerConnection", "Message", "Publisher", "Reply"]
