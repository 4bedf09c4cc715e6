"""Messages as MQTT has them, on both ways."""

from typing import Any

from paho.mqtt.client import MQTTMessage
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from airdock.connectors.broker.message import ID_HEADER, KEY_HEADER, Message, Reply
from airdock.connectors.broker.ordered import Ordered
from airdock.connectors.mqtt.session import Session
from airdock.errors import FlowError
from airdock.spec.trigger import Arrival


def check_topic(topic: str) -> None:
    """Raises FlowError `connector.broker.destination` where a name is a pattern, or one of the broker's own."""
    if "#" in topic or "+" in topic or topic.startswith("$"):
        raise FlowError("connector.broker.destination", f"{topic!r:.80} is no topic that messages can be sent to")


def properties_of(message: Message, reply_to: str = "", mark: bytes = b"") -> Properties:
    """What goes along with a message."""
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    beside = [*message.headers.items(), (ID_HEADER, message.id)]
    if message.key:
        beside.append((KEY_HEADER, message.key))
    properties.UserProperty = beside
    if message.content_type:
        properties.ContentType = message.content_type
    if message.expiration is not None:
        properties.MessageExpiryInterval = max(round(message.expiration), 1)
    if reply_to:
        properties.ResponseTopic = reply_to
        properties.CorrelationData = mark
    return properties


def correlation_of(message: MQTTMessage) -> bytes:
    """The mark of the request that a message answers."""
    return bytes(getattr(message.properties, "CorrelationData", b""))


def reply_of(message: MQTTMessage) -> Reply:
    return Reply(bytes(message.payload), getattr(message.properties, "ContentType", ""), _headers(message))


def _headers(message: MQTTMessage) -> dict[str, str]:
    return {str(name): str(value) for name, value in getattr(message.properties, "UserProperty", [])}


class MqttArrival(Arrival):
    """A message of a topic."""

    __slots__ = ("_message", "_open", "_session")

    def __init__(self, message: MQTTMessage, session: Session, open_ones: Ordered[int]) -> None:
        headers = _headers(message)
        id, key = headers.pop(ID_HEADER, ""), headers.pop(KEY_HEADER, "")
        about: dict[str, Any] = {"topic": message.topic, "retained": bool(message.retain)}
        super().__init__(
            bytes(message.payload),
            content_type=getattr(message.properties, "ContentType", ""),
            headers=headers,
            id=id,
            key=key,
            about=about,
            redelivered=bool(message.dup),
        )
        self._message, self._session, self._open = message, session, open_ones

    async def accept(self) -> None:
        if self._message.qos:
            for mid in self._open.done(self._message.mid):
                self._session.acknowledge(mid)

    async def release(self) -> None:
        """Nothing: what is not acknowledged comes again."""

    async def reply(self, content: bytes, content_type: str) -> None:
        to = getattr(self._message.properties, "ResponseTopic", "")
        if not to:
            return
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        if content_type:
            properties.ContentType = content_type
        properties.CorrelationData = correlation_of(self._message)
        check_topic(to)
        await self._session.send(to, content, properties)
