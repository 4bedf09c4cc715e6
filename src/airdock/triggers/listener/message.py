"""What arrived, as the request of a run, and what its flow answers."""

from typing import Any

import msgspec

from airdock import charsets
from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.response import ABSENT
from airdock.spec.trigger import Arrival
from airdock.triggers.http.answer import make_answer
from airdock.triggers.http.bodies import media_type, parse_json
from airdock.triggers.http.buffered import BufferedRequest
from airdock.triggers.http.encodings import can_unpack, undo_encoding


class MessageRequest(BufferedRequest):
    """The request of a run that something started which arrived; its body is parsed as that of an HTTP request is.

    A body without a content type is JSON if it can be read as such; else it is as it came.
    """

    def __init__(self, arrival: Arrival) -> None:
        body, content_type = arrival.body, arrival.content_type
        fields = [(name, str(value)) for name, value in arrival.headers.items() if name.lower() != "content-type"]
        if content_type:
            fields.append(("content-type", content_type))
        self._value = ABSENT if isinstance(body, bytes | str) else body
        content = _encoded(body, content_type) if isinstance(body, str) else body if isinstance(body, bytes) else b""
        super().__init__("", "", headers=fields, body=content)
        self._text = body if isinstance(body, str) and not content_type else None
        encoding = self.take_header("content-encoding") or ""
        # Some clients write the charset there, which is no encoding of the content.
        self._encoding = encoding if isinstance(body, bytes) and can_unpack(encoding) else ""

    @property
    def _taken(self) -> bytes:
        if self._encoding:
            self._data = undo_encoding(self._data or b"", self._encoding, self.limits.body)
            self._encoding = ""
        return self._data or b""

    @property
    def content(self) -> bytes:
        if self._value is not ABSENT:
            return b"" if self._value is None else msgspec.json.encode(self._value, enc_hook=str)
        return self._taken

    @property
    def body(self) -> Any:
        if self._body is ABSENT:
            if self._value is not ABSENT:
                self._body = self._value
            elif not self.content_type:
                self._body = self._guessed()
        return super().body

    def _guessed(self) -> Any:
        content = self._taken
        if not content:
            return None
        try:
            return parse_json(content, "", self.limits.depth)
        except FlowError:
            return content if self._text is None else self._text


class ListRequest(BufferedRequest):
    """The request of a run for several arrivals: its body is the list of theirs."""

    def __init__(self, bodies: list[Any]) -> None:
        super().__init__("", "", body=b"")
        self._body = bodies

    @property
    def content(self) -> bytes:
        return msgspec.json.encode(self._body, enc_hook=str)


def message_of(arrival: Arrival, attempt: int, trigger: str) -> dict[str, Any]:
    """What a flow sees of an arrival as `properties.message`."""
    return {
        **arrival.about,
        "id": arrival.id,
        "key": arrival.key,
        "trigger": trigger,
        "attempt": attempt,
        "redelivered": arrival.redelivered or attempt > 1,
    }


def can_reply(arrival: Arrival) -> bool:
    """Whether arrivals of this kind may have an address for an answer."""
    return type(arrival).reply is not Arrival.reply


def reply_of(exchange: Exchange) -> tuple[bytes, str] | None:
    """The answer of a run and its content type; None when there is none.

    Raises:
        FlowError: `response.invalid`, the flow made an answer that cannot be written.
    """
    try:
        answer = make_answer(exchange)
    except FlowError:
        response = exchange.response
        if response.parts or response.body is not ABSENT:
            raise
        # What the last step left as the body was not meant for anyone.
        return None
    content = answer.body.encode() if isinstance(answer.body, str) else answer.body
    return (content, dict(answer.headers).get("content-type", "")) if content else None


def no_reply(exchange: Exchange) -> None:
    """Nobody waits for an answer."""


def _encoded(text: str, content_type: str) -> bytes:
    """The bytes of a text, in the charset that its type names, so that they are read back as the text."""
    charset = media_type(content_type)[1].get("charset", "") if content_type else ""
    try:
        return text.encode(charsets.codec(charset) or "utf-8")
    except UnicodeError:
        return text.encode("utf-8", "surrogatepass")
