"""Messages as the items of a group."""

from typing import Any, NamedTuple

import msgspec

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.packing import NotPackableError, pack, unpack


class Message(NamedTuple):
    """What is kept of a message.

    Attributes:
        run: Id of the run that it came with. name: What it is known by among others.
    """

    run: str
    name: Any
    body: Any
    properties: dict[str, Any]


def packed(exchange: Exchange, name: Any, limit: int, code: str) -> bytes:
    """The message of an exchange as bytes.

    Args:
        limit: Most bytes. code: Of the FlowError for one that cannot be kept.
    """
    try:
        return pack([exchange.run.id, name, exchange.body, exchange.properties], limit)
    except NotPackableError as error:
        reason = str(error)
        for place, part in (("[2]", "the body"), ("[3]", "properties")):
            if reason.startswith(place):
                reason = part + reason[len(place) :]
        raise FlowError(code, f"the message cannot be kept: {reason}") from error


def messages_of(items: list[bytes]) -> list[Message]:
    """The messages of a group; raises as `message_of`."""
    return [message_of(item) for item in items]


def message_of(item: bytes) -> Message:
    """The message that was packed.

    Raises:
        FlowError: `state.content`, these are not its bytes.
    """
    try:
        return Message(*unpack(item))
    except (msgspec.MsgspecError, TypeError, ValueError, LookupError) as error:
        raise FlowError("state.content", "what is kept of a message cannot be read") from error
