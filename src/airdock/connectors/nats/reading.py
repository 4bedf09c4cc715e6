"""What arrived, of a message of NATS."""

from typing import TYPE_CHECKING, Any, NamedTuple

from airdock.connectors.nats.client import MESSAGE_ID

if TYPE_CHECKING:
    from nats.aio.msg import Msg

CONTENT_TYPE = "Content-Type"
KEY = "Airdock-Key"
"""The header that carries a message's key, for which NATS has no place of its own."""


class Read(NamedTuple):
    """The parts of an arrival, by their names there."""

    content_type: str
    headers: dict[str, str]
    id: str
    key: str
    about: dict[str, Any]
    redelivered: bool = False


def read_headers(given: dict[str, str] | None) -> tuple[dict[str, str], str, str, str]:
    """The headers that a flow sees, and of the others the content type, the id and the key."""
    headers = dict(given or {})
    content_type = _taken(headers, CONTENT_TYPE)
    id = _taken(headers, MESSAGE_ID)
    return headers, content_type, id, _taken(headers, KEY)


def read_message(message: "Msg") -> Read:
    """Of a message that was sent to whoever listened."""
    headers, content_type, id, key = read_headers(message.headers)
    return Read(content_type, headers, id, key, {"subject": message.subject})


def read_kept(message: "Msg") -> Read:
    """Of a message that a stream keeps."""
    headers, content_type, id, key = read_headers(message.headers)
    known = message.metadata
    about = {
        "subject": message.subject,
        "stream": known.stream,
        "sequence": known.sequence.stream,
        "attempt": known.num_delivered,
    }
    return Read(
        content_type, headers, id or f"{known.stream}:{known.sequence.stream}", key, about, known.num_delivered > 1
    )


def _taken(headers: dict[str, str], name: str) -> str:
    """A header in any case, which is left out of the others."""
    for each in headers:
        if each.lower() == name.lower():
            return headers.pop(each)
    return ""
