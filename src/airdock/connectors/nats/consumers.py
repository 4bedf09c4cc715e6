"""Durable consumers of JetStream: where a stream's readers stand."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from airdock.connectors.nats.client import NatsClient, Session

if TYPE_CHECKING:
    from nats.js.api import ConsumerConfig

MOST_OPEN = 10_000
"""Messages that all who share a consumer may have and not acknowledged yet."""


class Consumer(NamedTuple):
    """A durable consumer.

    Attributes:
        stream: The stream. name: Its own. subject: Which of the stream's messages it is for; empty for all.
        ack_wait: Seconds after which what was not acknowledged is given again.
        everything: A new one begins with all that the stream has.
        since: Unix time with whose messages a new one begins otherwise; None for now.
    """

    stream: str
    name: str
    subject: str = ""
    ack_wait: float = 30.0
    everything: bool = True
    since: float | None = None


async def ensure(client: NatsClient, session: Session, consumer: Consumer) -> None:
    """Makes a consumer where there is none of its name.

    Raises:
        FlowError: `connector.nats.stream`, there is no such stream.
    """
    from nats.js.errors import NotFoundError

    from airdock.errors import FlowError

    async def made() -> None:
        try:
            await session.jetstream.consumer_info(consumer.stream, consumer.name)
        except NotFoundError:
            try:
                await session.jetstream.add_consumer(consumer.stream, config=_configured(consumer))
            except NotFoundError:
                message = f"{client.name}: there is no stream {consumer.stream!r}"
                raise FlowError("connector.nats.stream", message) from None

    await client.answered(session, made())


def _configured(consumer: Consumer) -> "ConsumerConfig":
    from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

    begin: dict[str, Any] = {"deliver_policy": DeliverPolicy.ALL if consumer.everything else DeliverPolicy.NEW}
    if consumer.since is not None and not consumer.everything:
        since = datetime.fromtimestamp(consumer.since, UTC).isoformat().replace("+00:00", "Z")
        begin = {"deliver_policy": DeliverPolicy.BY_START_TIME, "opt_start_time": since}
    return ConsumerConfig(
        durable_name=consumer.name,
        filter_subject=consumer.subject or None,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=consumer.ack_wait,
        max_ack_pending=MOST_OPEN,
        **begin,
    )
