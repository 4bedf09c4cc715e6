import socket
from hashlib import sha256
from typing import Any, NamedTuple

from airdock.connectors.broker.source import BrokerSource
from airdock.connectors.mqtt.connection import MqttConnection
from airdock.spec.channels import Heard
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Duration, ListOf, Module, Text
from airdock.spec.trigger import Listening, Source, Trigger


class Subscription(NamedTuple):
    """What is listened to: topics or patterns, as which client, in which group, how long the broker remembers it."""

    topics: tuple[str, ...]
    client_id: str
    group: str
    session: int


class MqttTrigger(Trigger):
    """Messages of MQTT topics, with QoS 1.

    The broker keeps what comes while the listener is away, for as long as `session` says. A message is acknowledged
    when its run has succeeded and those before it have been acknowledged, as MQTT wants it in order; what was not
    comes again when the connection is made anew, so it may come twice. One client id can be connected once: where
    several nodes listen, give a `group`; each message then goes to one of them.

    What the flow answers goes to the message's response topic, if it has one. The flow sees `topic` and `retained` as
    `properties.message`.
    """

    trigger = "mqtt"
    requires = "mqtt"
    prefetch = 20
    example = {"connection": "/shop/mqtt.connection", "topics": ["sensors/+/temperature"]}

    connection: str = field(Module((".connection",)), "The broker.", default=REQUIRED, example="/shop/mqtt.connection")
    topics: list[str] = field(
        ListOf(Text(r"[^\x00-\x1f]{1,1000}", "a topic or a pattern of topics"), 1),
        "Topics; `+` stands for one level, `#` at the end for all that follow.",
        default=REQUIRED,
        example=["sensors/+/temperature"],
    )
    client_id: str = field(
        Text(r"[A-Za-z0-9_.-]{1,64}", "letters, digits, '_', '.', '-'"),
        "As whom the broker knows the listener; made of its name if left out.",
        default="",
        example="shop-sensors",
    )
    group: str = field(
        Text(r"[A-Za-z0-9_.-]{1,64}", "letters, digits, '_', '.', '-'"),
        "Listeners of one group share the messages (shared subscription).",
        default="",
        example="shop",
    )
    session: float = field(
        Duration(), "So long the broker keeps messages for a listener that is away.", default=86400.0, unit="s"
    )

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        for topic in element.topics:
            levels = topic.split("/")
            if "#" in levels[:-1] or any(len(each) > 1 and set(each) & {"#", "+"} for each in levels):
                return [("topics", f"{topic!r}: `#` is the last level, and `+` and `#` are levels by themselves")]
            if levels[0] == "$share":
                return [("topics", "name the group of a shared subscription in `group`")]
        return []

    def heard(self) -> list[Heard]:
        return [Heard(topic, "topic", "mqtt", operation={"qos": 1}) for topic in self.topics]

    def source(self, listening: Listening) -> Source:
        link = listening.connection(self.connection, (MqttConnection,), self.place_of("connection"))
        return BrokerSource(link, self.subscription(listening.name))

    def subscription(self, listener: str) -> Subscription:
        """What the listener of a name listens to. Those of a group have a client id for each machine."""
        client_id = self.client_id or f"airdock-{sha256(listener.encode()).hexdigest()[:16]}"
        if self.group:
            client_id = f"{client_id}-{sha256(socket.gethostname().encode()).hexdigest()[:8]}"
        return Subscription(tuple(self.topics), client_id, self.group, min(round(self.session), 2**32 - 2))
