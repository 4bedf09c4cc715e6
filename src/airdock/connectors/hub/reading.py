"""Messages and streams of NATS as messages, topics and queues of the hub."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from airdock.connectors.broker.content import check_headers
from airdock.connectors.hub.message import ChannelInfo, Outgoing, Peeked, Subscription
from airdock.connectors.hub.names import Channel, client_of
from airdock.connectors.nats.client import MESSAGE_ID
from airdock.connectors.nats.reading import CONTENT_TYPE, KEY, Read, read_headers, read_kept

if TYPE_CHECKING:
    from nats.aio.msg import Msg
    from nats.js.api import ConsumerInfo, StreamInfo


def headers_of(message: Outgoing) -> dict[str, str]:
    """The headers that a message travels with.

    Raises:
        FlowError: `connector.broker.header`, one could be read as something else.
    """
    own = {MESSAGE_ID: message.id, CONTENT_TYPE: message.content_type, KEY: message.key}
    headers = {**message.headers, **{name: value for name, value in own.items() if value}}
    check_headers(headers)
    return headers


def reader_of(channel: Channel) -> Callable[["Msg"], Read]:
    """Reads what a topic or queue gives."""

    def read(message: "Msg") -> Read:
        kept = read_kept(message)
        about = {channel.kind: channel.name, "sequence": kept.about["sequence"], "attempt": kept.about["attempt"]}
        return kept._replace(about=about)

    return read


def peeked_of(sequence: int, at: datetime | None, content: bytes, given: dict[str, str] | None) -> Peeked:
    """A message that a stream keeps."""
    headers, content_type, id, key = read_headers(given)
    return Peeked(
        sequence, at.timestamp() if at is not None else 0.0, Outgoing(content, content_type, headers, key, id)
    )


def info_of(channel: Channel, stream: "StreamInfo", consumers: "list[ConsumerInfo]") -> ChannelInfo:
    """A topic or queue and those who read it."""
    state = stream.state
    return ChannelInfo(
        channel.kind,
        channel.name,
        state.messages,
        state.bytes,
        state.first_seq if state.messages else 0,
        state.last_seq,
        sorted(_subscription(consumer) for consumer in consumers),
    )


def _subscription(consumer: "ConsumerInfo") -> Subscription:
    delivered: Any = consumer.delivered
    at = delivered.last_active if delivered is not None else None
    return Subscription(
        client_of(consumer.name),
        consumer.num_pending or 0,
        consumer.num_ack_pending or 0,
        consumer.num_redelivered or 0,
        delivered.stream_seq if delivered is not None else 0,
        at.timestamp() if at is not None else None,
    )
