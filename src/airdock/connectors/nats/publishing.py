"""Messages of the step `publish` as NATS takes them."""

from airdock.connectors.broker import Message, Reply
from airdock.connectors.broker.content import check_headers
from airdock.connectors.nats.answer import Answer
from airdock.connectors.nats.client import MESSAGE_ID
from airdock.connectors.nats.reading import CONTENT_TYPE, KEY, read_headers
from airdock.errors import FlowError

_OWN = ("$", "_INBOX")
"""What subjects begin with that are the servers' own: their management, and the answers to others."""


def check_subject(subject: str) -> str:
    """The subject, if something may be sent to it.

    Raises:
        FlowError: `connector.broker.destination`.
    """
    parts = subject.split(".")
    if any(part == "" or set(part) & set(" *>") or not part.isprintable() for part in parts):
        raise FlowError("connector.broker.destination", f"{subject!r:.80} is not a subject that can be sent to")
    if parts[0].startswith(_OWN):
        raise FlowError("connector.broker.destination", f"{subject!r:.80} is a subject of the servers themselves")
    return subject


def headers_of(message: Message) -> dict[str, str]:
    """The headers that a message travels with.

    Raises:
        FlowError: `connector.broker.header`, one could be read as something else.
    """
    own = {MESSAGE_ID: message.id, CONTENT_TYPE: message.content_type, KEY: message.key}
    headers = {**message.headers, **{name: value for name, value in own.items() if value}}
    check_headers(headers)
    return headers


def reply_of(answer: Answer) -> Reply:
    """What came back to a request."""
    headers, content_type, _, _ = read_headers(answer.headers)
    return Reply(answer.content, content_type, headers)
