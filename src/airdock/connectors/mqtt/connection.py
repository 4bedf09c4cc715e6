from typing import Any

from airdock.connectors.broker.addressed import AddressedBroker
from airdock.connectors.broker.tls import BrokerTls
from airdock.connectors.errors import missing
from airdock.spec.channels import Endpoint, Heard, endpoint_of
from airdock.spec.connection import Client, Opening, Secret
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Duration, Record, Text


class MqttConnection(AddressedBroker):
    """A broker that speaks MQTT 5.

    Messages are sent with QoS 1: the broker confirms each. A topic keeps nothing for those who never listened to it.
    Headers go along as user properties, the id of a message as `airdock-id`, its `key` as `airdock-key`.
    """

    type = "mqtt"
    requires = "mqtt"
    plain = ("mqtt", 1883)
    encrypted = ("mqtts", 8883)
    abilities = frozenset({"topic", "key", "headers", "expiration", "request"})
    example = {
        "type": "mqtt",
        "url": "mqtts://mqtt.example.com",
        "user": "shop",
        "password": {"secret": "mqtt-password"},
    }

    url: str = field(
        Text(r"mqtts?://[^/?#@\s]+", "an address such as mqtts://mqtt.example.com:8883"),
        "Address of the broker. The port is 1883, with `mqtts` 8883, if left out.",
        default=REQUIRED,
        example="mqtts://mqtt.example.com",
    )
    user: str = field(Text(), "Who signs in; nobody if left out.", default="", example="shop")
    password: Secret | None = field(Record(Secret), "The user's password.", example={"secret": "mqtt-password"})
    timeout: float = field(
        Duration(), "So long a connection and a confirmation are waited for.", default=10.0, unit="s", example="5s"
    )
    keep_alive: float = field(
        Duration(), "So often both sides show that they are there.", default=15.0, unit="s", example="10s"
    )
    tls: BrokerTls | None = field(Record(BrokerTls), "Of `mqtts`.", example={"ca": "/shop/ca.pem"})

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        broken = super().check(element)
        if not broken and element.password is not None and not element.user:
            return [("password", "`password` belongs to `user`")]
        return broken

    async def connect(self, opening: Opening) -> Client:
        try:
            from airdock.connectors.mqtt.client import MqttClient
        except ImportError as error:
            raise missing("MQTT", "mqtt") from error
        return MqttClient(self, opening)

    def endpoints(self) -> list[Endpoint]:
        return [endpoint_of(self.url, "secure-mqtt" if self.secure else "mqtt", version="5")]

    def sent_to(self, destination: str, queue: bool) -> Heard:
        return Heard(destination, "topic", "mqtt", operation={"qos": 1, "retain": False})

    def fake(self) -> Client:
        from airdock.connectors.mqtt.fake import FakeMqtt

        return FakeMqtt()
