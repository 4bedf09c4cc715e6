"""Requests that come from no wire."""

import asyncio
from collections.abc import Iterable

from airdock.triggers.http.answer import Answer
from airdock.triggers.http.request import HttpRequest
from airdock.triggers.http.settings import DEFAULT_LIMITS, Limits


class BufferedRequest(HttpRequest):
    """A request whose parts are all at hand, as tests and `airdock call` make them.

    To a flow that takes WebSockets it is one message; events are kept until the last.
    """

    stands_alone = True

    def __init__(
        self,
        method: str,
        path: str,
        *,
        query: str = "",
        headers: Iterable[tuple[str, str]] = (),
        body: bytes = b"",
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        super().__init__(method, path, limits)
        self._query_string = query
        self._fields = [(name.lower(), value) for name, value in headers]
        self._data = body

    def take_fields(self) -> Iterable[tuple[str, str]]:
        return self._fields

    async def open_stream(self, headers: list[tuple[str, str]]) -> "BufferedOutlet":
        return BufferedOutlet(headers)


class BufferedOutlet:
    """Keeps what is sent."""

    def __init__(self, headers: list[tuple[str, str]]) -> None:
        self._headers = headers
        self._content = bytearray()

    async def send(self, data: bytes) -> None:
        self._content += data

    async def gone(self) -> None:
        await asyncio.Event().wait()

    async def close(self) -> Answer:
        return Answer(200, self._headers, bytes(self._content))
