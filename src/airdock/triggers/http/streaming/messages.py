"""A message of a WebSocket as the request of a run, and what is sent back."""

from typing import Any

from airdock.exchange import Exchange
from airdock.request import Request
from airdock.triggers.http.answer import Answer
from airdock.triggers.http.bodies import media_type
from airdock.triggers.http.request import HttpRequest
from airdock.triggers.http.routes import Pipeline
from airdock.triggers.http.streaming.feeds import News

SOCKET_HEADER = "airdock-socket"
"""Of a message of the hub: the id of the only socket that it is for."""
METHOD = "MESSAGE"
_BYTES = "application/octet-stream"


class MessageRequest(HttpRequest):
    """A message, with what was asked when the socket was opened around it."""

    def __init__(self, opened: HttpRequest, message: str | bytes, format: str) -> None:
        super().__init__(METHOD, opened.path, opened.limits)
        self._type = _BYTES if isinstance(message, bytes) else f"{_TYPES[format]}; charset=utf-8"
        self._data = message if isinstance(message, bytes) else message.encode(errors="surrogatepass")
        self._query_string = opened.query_string
        self._headers = {**opened.headers, "content-type": self._type}
        self.route_params = opened.params
        self.shows_details = opened.shows_details
        self.user = opened.user
        self.remote = opened.remote

    @property
    def content_type(self) -> str:
        return self._type

    @property
    def size(self) -> int:
        """Of the message, in bytes."""
        return len(self.content)


_TYPES = {"json": "application/json", "text": "text/plain"}


class SocketPipeline:
    """A flow whose runs know the socket that their message came by."""

    def __init__(self, pipeline: Pipeline, socket: str) -> None:
        self.name = pipeline.name
        self.run = pipeline.run
        self._pipeline = pipeline
        self._socket = socket

    def exchange(self, request: Request) -> Exchange:
        exchange = self._pipeline.exchange(request)
        exchange.properties["socket"] = {"id": self._socket}
        return exchange


def frame_of(answer: Answer) -> str | bytes:
    """What is sent back: a text, or bytes where the answer's type is no text; empty for nothing."""
    if isinstance(answer.body, str):
        return answer.body
    content_type = dict(answer.headers).get("content-type", "")
    return _text(answer.body) if _is_text(content_type) else answer.body


def frame_of_news(news: News) -> str | bytes:
    """A message of a topic as it is pushed."""
    return _text(news.content) if news.content_type != _BYTES else news.content


def is_for(news: News, socket: str) -> bool:
    """Whether a message is for a socket: most are for all."""
    wanted: Any = next((value for name, value in news.headers.items() if name.lower() == SOCKET_HEADER), None)
    return wanted is None or wanted == socket


def _is_text(content_type: str) -> bool:
    name = media_type(content_type)[0]
    return name.startswith("text/") or name.endswith(("json", "xml"))


def _text(content: bytes) -> str | bytes:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content
