"""Dead letters as the API shows and takes them."""

import base64
import binascii
from typing import Any

import msgspec

from airdock.api.letters import DeadLetter, DeadLetterChange, DeadLetterChoice, DeadLetterContent, Encoding
from airdock.deadletters import Content, Filter, Letter, LetterInfo
from airdock.errors import text_of
from airdock.server.management.bodies import InvalidBodyError
from airdock.server.management.convert import time_of

LONGEST = 256 * 1024
"""Bytes of what arrived that are shown; of more the beginning."""


def summary(letter: LetterInfo) -> DeadLetter:
    """A letter in a list."""
    return DeadLetter(**_fields(letter))


def shown(letter: Letter) -> DeadLetterContent:
    """A letter with what arrived."""
    content = letter.content
    encoding, body, whole = _written(content.body)
    return DeadLetterContent(
        **_fields(letter),
        message_id=content.id,
        key=content.key,
        headers=content.headers,
        about=_plain(content.about),
        encoding=encoding,
        body=body,
        whole=whole and content.whole,
    )


def changed(content: Content, change: DeadLetterChange) -> Content:
    """The content with what a change says.

    Raises:
        InvalidBodyError: the body is not written as its encoding says.
    """
    fields: dict[str, Any] = {}
    if change.encoding is not None:
        fields["body"] = _read(change, isinstance(content.body, bytes))
        fields["whole"] = True
    if change.content_type is not None:
        fields["content_type"] = change.content_type
    if change.headers is not None:
        fields["headers"] = change.headers
    return msgspec.structs.replace(content, **fields)


def choice_of(choice: DeadLetterChoice) -> Filter:
    """Which letters are meant.

    Raises:
        InvalidBodyError: nothing says which.
    """
    if not (choice.ids or choice.listener or choice.project is not None or choice.code or choice.all):
        raise InvalidBodyError.of("", "Say which letters: `ids`, `listener`, `project`, `code`, or `all`.")
    return Filter(ids=tuple(choice.ids), listener=full_name(choice.listener), project=choice.project, code=choice.code)


def full_name(listener: str) -> str:
    """The name of a listener, which may be written without its suffix."""
    name = listener.strip("/")
    return f"{name.removesuffix('.listener')}.listener" if name else ""


def _fields(letter: LetterInfo) -> dict[str, Any]:
    death = letter.death
    return {
        "id": letter.id,
        "listener": letter.listener,
        "project": letter.project,
        "source": letter.source,
        "content_type": letter.content_type,
        "size": letter.size,
        "code": death.code,
        "message": death.message,
        "run": death.run,
        "attempts": death.attempts,
        "arrived": time_of(death.arrived),
        "died": time_of(death.at),
        "state": letter.state,
        "revision": letter.revision,
    }


def _written(body: Any) -> tuple[Encoding, Any, bool]:
    if isinstance(body, bytes):
        part = body[:LONGEST]
        whole = len(part) == len(body)
        try:
            text = part.decode("utf-8", "strict" if whole else "ignore")
        except UnicodeDecodeError:
            text = "\0"
        # The API takes no NUL in texts.
        return ("text", text, whole) if "\0" not in text else ("base64", base64.b64encode(part).decode(), whole)
    if isinstance(body, str):
        return "text", body.encode("utf-8", "replace").decode()[:LONGEST], len(body) <= LONGEST
    value = _plain(body)
    whole = len(msgspec.json.encode(value)) <= LONGEST
    return "json", value if whole else None, whole


def _plain(value: Any) -> Any:
    """The value as JSON can hold it."""
    return msgspec.json.decode(msgspec.json.encode(value, enc_hook=text_of))


def _read(change: DeadLetterChange, as_bytes: bool) -> Any:
    """The body that a change says; where bytes arrived, it is bytes again."""
    if change.encoding == "json":
        return msgspec.json.encode(change.body) if as_bytes else change.body
    if not isinstance(change.body, str):
        raise InvalidBodyError.of("body", "`text` and `base64` are written as a text.")
    if change.encoding == "text":
        return change.body.encode() if as_bytes else change.body
    try:
        return base64.b64decode(change.body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidBodyError.of("body", f"It is not base64: {error}") from None
