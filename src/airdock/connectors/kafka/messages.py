"""Messages as Kafka has them, on both ways."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from airdock.connectors.broker.message import ID_HEADER, Message
from airdock.errors import FlowError
from airdock.spec.trigger import Arrival

if TYPE_CHECKING:
    from airdock.connectors.kafka.reading import Reader

_TYPE = "content-type"
_TOPIC = re.compile(r"[A-Za-z0-9._-]{1,249}")


class Outgoing(NamedTuple):
    """A record to send."""

    value: bytes | None
    key: bytes | None
    headers: list[tuple[str, bytes]]


def check_topic(topic: str) -> None:
    """Raises FlowError `connector.broker.destination` where a name is none of a topic, or one of the brokers' own."""
    if not _TOPIC.fullmatch(topic) or topic in (".", "..") or topic.startswith("__"):
        raise FlowError("connector.broker.destination", f"{topic!r:.80} is no topic that messages can be sent to")


def outgoing(message: Message) -> Outgoing:
    """A message as it is sent. One that has a key, and no body at all, is a tombstone."""
    beside = [*message.headers.items(), (ID_HEADER, message.id)]
    if message.content_type:
        beside.append((_TYPE, message.content_type))
    key = message.key.encode() if message.key else None
    empty = key is not None and not message.content and not message.content_type
    return Outgoing(None if empty else message.content, key, [(name, value.encode()) for name, value in beside])


def text_headers(headers: Iterable[tuple[str, bytes | None]]) -> dict[str, str]:
    """The headers as texts; of several with one name the last one."""
    return {name.lower(): (value or b"").decode(errors="replace") for name, value in headers}


class KafkaArrival(Arrival):
    """A record of a partition."""

    __slots__ = ("_reader", "offset", "where")

    def __init__(self, record: Any, where: Any, reader: "Reader", again: bool, by_partition: bool) -> None:
        """`where`: its partition. `again`: it may have been given before. `by_partition`: it is kept in order there."""
        headers = text_headers(record.headers)
        place = f"{record.topic}/{record.partition}"
        id = headers.pop(ID_HEADER, "") or f"{place}/{record.offset}@{record.timestamp}"
        about = {
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
            "timestamp": record.timestamp,
        }
        super().__init__(
            record.value or b"",
            content_type=headers.pop(_TYPE, ""),
            headers=headers,
            id=id,
            key=(record.key or b"").decode(errors="backslashreplace"),
            about=about,
            redelivered=again,
            lane=place if by_partition else "",
        )
        self.where, self.offset, self._reader = where, record.offset, reader

    async def accept(self) -> None:
        self._reader.finished(self)

    async def release(self) -> None:
        """Nothing: what the group's offset has not passed comes again."""
