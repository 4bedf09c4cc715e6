"""A service in memory in place of the network, for tests of flows."""

from itertools import count
from typing import Any

from airdock.connectors.http.calls import Received, Sending
from airdock.connectors.http.fake_streams import MemoryStreams
from airdock.connectors.http.whole import WholeAnswer


class Shelf:
    """Keeps what is put to it: `PUT` stores a body at its address, `GET` gives it, `DELETE` takes it away.

    `POST` stores a body beneath its address and tells where, by status 201 and `Location`. What is not there is 404.
    Origins are told apart; queries are not looked at. A flow test has mocks for anything else.

    Attributes:
        streams: The WebSockets and streams of events that were asked for; whoever wants to answers there.
    """

    def __init__(self) -> None:
        self.kept: dict[str, tuple[bytes, str]] = {}
        self.sent: list[Sending] = []
        self.streams = MemoryStreams()
        self._numbers = count(1)

    async def send(self, sending: Sending) -> Received:
        self.sent.append(sending)
        if self.streams.has(sending):
            return self.streams.opened(sending)
        url, method = sending.url.partition("?")[0], sending.method
        there = self.kept.get(url)
        if method in ("PUT", "POST"):
            return self._store(url, sending, await whole_body(sending))
        if there is None:
            return WholeAnswer(404, {"content-type": "text/plain; charset=utf-8"}, b"nothing is here")
        if method == "DELETE":
            del self.kept[url]
            return WholeAnswer(204, {}, b"")
        if method in ("GET", "HEAD"):
            return WholeAnswer(200, {"content-type": there[1]}, there[0])
        return WholeAnswer(405, {"allow": "GET, HEAD, PUT, POST, DELETE"}, b"")

    async def close(self) -> None:
        self.kept.clear()

    def _store(self, url: str, sending: Sending, body: bytes) -> WholeAnswer:
        kind = next((value for name, value in sending.headers.items() if name.lower() == "content-type"), "")
        created, headers = url not in self.kept, dict[str, Any]()
        if sending.method == "POST":
            url = f"{url}/{next(self._numbers)}"
            headers["location"] = url
        self.kept[url] = (body, kind or "application/octet-stream")
        return WholeAnswer(201 if created or sending.method == "POST" else 204, headers, b"")


async def whole_body(sending: Sending) -> bytes:
    """The body of a request, however it is sent."""
    return (sending.body or b"") if sending.pieces is None else await sending.pieces.whole()
