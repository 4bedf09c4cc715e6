"""An MQTT broker in memory."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager

from airdock.connectors.broker.memory import MemoryBroker
from airdock.connectors.broker.patterns import mqtt_matches
from airdock.connectors.mqtt.trigger import Subscription
from airdock.spec.trigger import Arrival


class FakeMqtt(MemoryBroker):
    """The client of tests. A session lasts as long as the fake."""

    def __init__(self) -> None:
        super().__init__(mqtt_matches)

    def listen(self, wanted: Subscription, prefetch: int) -> AbstractAsyncContextManager[AsyncIterator[Arrival]]:
        return self.listening(wanted.group or wanted.client_id, prefetch, wanted.topics)
