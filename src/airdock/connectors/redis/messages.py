"""Messages as Redis has them: entries of streams, which have fields, and what is published, which is content alone."""

from typing import Any

import msgspec

from airdock.connectors.broker.message import Message
from airdock.spec.trigger import Arrival

_CONTENT, _TYPE, _ID, _KEY, _HEADER = b"content", b"content-type", b"id", b"key", b"header:"


def entry_of(message: Message) -> list[bytes]:
    """The fields of a stream's entry, names and values in turn."""
    fields = [_CONTENT, message.content, _ID, message.id.encode()]
    if message.content_type:
        fields += [_TYPE, message.content_type.encode()]
    if message.key:
        fields += [_KEY, message.key.encode()]
    for name, value in message.headers.items():
        fields += [_HEADER + name.encode(), value.encode()]
    return fields


def parts_of(fields: dict[bytes, bytes]) -> dict[str, Any]:
    """What `Arrival` takes, from an entry. One that another program wrote in its own way is an object of texts."""
    if _CONTENT not in fields:
        value = {_text(name): _text(value) for name, value in fields.items()}
        return {"body": msgspec.json.encode(value), "content_type": "application/json"}
    headers = {_text(name[len(_HEADER) :]): _text(value) for name, value in fields.items() if name.startswith(_HEADER)}
    return {
        "body": fields[_CONTENT],
        "content_type": _text(fields.get(_TYPE, b"")),
        "id": _text(fields.get(_ID, b"")),
        "key": _text(fields.get(_KEY, b"")),
        "headers": headers,
    }


def published(message: dict[str, Any]) -> Arrival:
    """What came by pub/sub."""
    return Arrival(bytes(message["data"]), about={"topic": _text(message["channel"])}, once=True)


def _text(data: bytes) -> str:
    return data.decode(errors="replace")
