"""The declarations of flows that go on answering: server-sent events, and WebSockets."""

import re
from typing import Any

from airdock.spec.fields import Spec, field
from airdock.spec.kinds import TEXT_TEMPLATE, Choice, Duration, Integer, ListOf, Size, Text

_KNOWN = "request.", "config"
"""What an expression of a `topic` may read, as `Template.needs` calls it."""
_BODY = "request.form"
_RULE = "a letter or digit, then letters, digits, '_', '.', '-', a hundred at most"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


def _is_known(needs: frozenset[str]) -> bool:
    return bool(needs) and _BODY not in needs and all(each.startswith(_KNOWN) for each in needs)


class Streaming(Spec):
    """What both have."""

    topic: Any = field(
        TEXT_TEMPLATE,
        "A topic of the built-in hub, whose messages are pushed to the caller. It begins with plain text; expressions"
        " see the `request` that was made, and `config`.",
        example="orders.${request.params.shop}",
    )
    max_age: float = field(
        Duration(),
        "After this time it is ended; a browser's page makes it anew, and is asked again who it is.",
        default=12 * 3600.0,
        unit="s",
        example="1h",
    )

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        if not 1 <= element.max_age <= 366 * 86400:
            return [("maxAge", "`maxAge` is from 1s to 366d")]
        topic = element.topic
        if topic is None:
            return []
        if topic.constant:
            return [] if _NAME.fullmatch(str(topic.value)) else [("topic", f"no topic is called so: {_RULE}")]
        if not topic.parts or not isinstance(topic.parts[0], str):
            return [("topic", "`topic` begins with plain text, or a caller could name any topic: `orders.${…}`")]
        if not all(isinstance(part, str) or _is_known(part.needs) for part in topic.parts):
            return [("topic", "`topic` is known before anything runs: it reads `request` or `config`, and no body")]
        return []


class Events(Streaming):
    """How a flow answers with server-sent events, as a browser's `EventSource` reads them.

    The flow runs once for each caller. What it gives is sent: each item of a stream or a list is an event, any other
    value is one. The messages of `topic` follow, as they come, without a run. Where the caller comes again it says with
    which event it was up to date (`Last-Event-ID`), and gets what it missed, as far as the topic still has it.
    """

    keep_alive: float = field(
        Duration(),
        "So often a comment is sent when there is nothing else, which keeps proxies from closing the connection.",
        default=15.0,
        unit="s",
    )
    retry: float = field(
        Duration(), "So long the browser waits before it comes again.", default=3.0, unit="s", example="5s"
    )

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        broken = super().check(element)
        if not 0.1 <= element.keep_alive <= 3600:
            broken.append(("keepAlive", "`keepAlive` is from 100ms to 1h"))
        if not 0 <= element.retry <= 3600:
            broken.append(("retry", "`retry` is at most 1h"))
        return broken


class WebSocket(Streaming):
    """How a flow takes WebSockets.

    Each message is a run of its own: the message is the body, and what the flow answers is sent back. The flow sees
    `properties.socket.id`, another one for each socket. A message of `topic` with the header `airdock-socket` is for
    the socket with that id alone.
    """

    format: str = field(
        Choice(("json", "text")),
        "What a text message is: JSON, or a text as it is. A binary one is bytes.",
        default="json",
    )
    origins: list[str] = field(
        ListOf(Text(r"https?://[^\s/?#@*]+", 'an origin such as "https://www.example.com"')),
        "Sites whose pages may connect beside those of the server's own address.",
        default=[],
        example=["https://www.example.com"],
    )
    concurrency: int = field(
        Integer(1, 1000),
        "So many messages of one socket run at once. With one, answers come in the order of the messages.",
        default=1,
    )
    max_message: int = field(
        Size(), "A larger message closes the socket with 1009.", default=1024**2, unit="bytes", example="64KB"
    )
