"""One connection to an MQTT broker: aiomqtt's client, with acknowledgements by hand and confirmations that are read."""

import asyncio
import ssl
from collections.abc import Callable
from typing import Any

import aiomqtt
from paho.mqtt.client import MQTTMessage
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from airdock.connectors.errors import refused, unavailable
from airdock.connectors.mqtt.connection import MqttConnection
from airdock.deadline import DeadlineError, within
from airdock.errors import FlowError

_REFUSED = (134, 135, 138)
"""Reasons of MQTT 5 by which a broker does not take a caller: bad password, not authorized, banned."""


class Session(aiomqtt.Client):
    """A connection, from `begin` on until it is lost or ended.

    Attributes:
        lost: It is not there any more.
    """

    def __init__(
        self,
        declared: MqttConnection,
        name: str,
        password: str | None,
        tls: ssl.SSLContext | None,
        arrived: Callable[[MQTTMessage], None],
        lost: Callable[[FlowError], None],
        *,
        client_id: str | None = None,
        remembered: int = 0,
        prefetch: int = 65535,
    ) -> None:
        """`remembered`: so many seconds the broker keeps the session of `client_id` when the connection has ended."""
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = remembered
        properties.ReceiveMaximum = min(prefetch, 65535)
        super().__init__(
            declared.host,
            declared.port,
            identifier=client_id,
            username=declared.user or None,
            password=password,
            protocol=aiomqtt.ProtocolVersion.V5,
            clean_start=not remembered,
            keepalive=max(round(declared.keep_alive), 1),
            timeout=declared.timeout,
            tls_context=tls,
            properties=properties,
        )
        self._client.manual_ack_set(True)
        self.name = name
        self.lost = False
        self._arrived = arrived
        self._tell = lost
        self._confirmations: dict[int, asyncio.Future[Any]] = {}

    async def begin(self) -> None:
        """Connects; raises FlowError."""
        try:
            await self.__aenter__()
        except aiomqtt.MqttError as error:
            self.lost = True
            raise self._told(error) from error

    async def end(self) -> None:
        """Takes leave of the broker, which keeps the session as long as it was told to."""
        self.lost = True
        try:
            await self.__aexit__(None, None, None)
        except aiomqtt.MqttError:
            return

    async def send(self, topic: str, content: bytes, properties: Properties) -> None:
        """Publishes with QoS 1, and returns when the broker has confirmed it; raises FlowError."""
        sent = self._client.publish(topic, content, 1, False, properties)
        if sent.rc != 0:
            raise unavailable(self.name, "the connection is lost")
        future = self._confirmations[sent.mid] = asyncio.get_running_loop().create_future()
        try:
            reason = await within(self.timeout, future)
        except DeadlineError:
            raise FlowError("connector.timeout", f"{self.name} did not confirm a message in time") from None
        finally:
            self._confirmations.pop(sent.mid, None)
        if reason.is_failure:
            raise FlowError("connector.broker.rejected", f"{self.name} does not take a message for {topic!r}: {reason}")

    async def listen_to(self, topics: list[str]) -> None:
        """Subscribes; raises FlowError."""
        options = SubscribeOptions(qos=1, retainHandling=1)
        try:
            reasons = await self.subscribe([(topic, options) for topic in topics])
        except aiomqtt.MqttError as error:
            raise self._told(error) from error
        for topic, reason in zip(topics, reasons, strict=False):
            if getattr(reason, "is_failure", False):
                raise refused(self.name, f"it does not let {topic!r} be listened to: {reason}")

    def acknowledge(self, mid: int) -> None:
        """Raises FlowError where the connection is lost."""
        if self.lost or self._client.ack(mid, 1) != 0:
            raise unavailable(self.name, "the connection is lost")

    def _told(self, error: Exception) -> FlowError:
        code = getattr(getattr(error, "rc", None), "value", None)
        return refused(self.name, str(error)) if code in _REFUSED else unavailable(self.name, str(error))

    # What paho calls.

    def _on_message(self, client: Any, userdata: Any, message: MQTTMessage) -> None:
        self._arrived(message)

    def _on_publish(self, client: Any, userdata: Any, mid: int, reason_code: Any, properties: Any) -> None:
        future = self._confirmations.get(mid)
        if future is not None and not future.done():
            future.set_result(reason_code)

    def _on_disconnect(self, *args: Any) -> None:
        super()._on_disconnect(*args)
        if self._disconnected.done():
            # Nobody may be there who asks for it.
            self._disconnected.exception()
        self.lost = True
        error = unavailable(self.name, "the connection is lost")
        for future in self._confirmations.values():
            if not future.done():
                future.set_exception(error)
        self._tell(error)
