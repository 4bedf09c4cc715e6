"""How much memory the bodies of all requests to the API may take up together."""

from litestar.exceptions import ServiceUnavailableException

from airdock.errors import FlowError
from airdock.triggers.http import Room
from airdock.triggers.http.asgi import Message, Receive

SIZE = 256 * 1024**2
"""Bytes of bodies in memory at once: four of the largest archives."""


class Upload:
    """The body of one request as it comes; a context manager that gives its room back."""

    def __init__(self, room: Room, receive: Receive) -> None:
        self._room = room
        self._receive = receive
        self._taken = 0

    def __enter__(self) -> Receive:
        return self._next

    def __exit__(self, *_: object) -> None:
        self._room.give(self._taken)

    async def _next(self) -> Message:
        message = await self._receive()
        count = len(message.get("body", b""))
        if count:
            try:
                self._room.take(count)
            except FlowError as error:
                raise ServiceUnavailableException(str(error), headers={"Retry-After": "1"}) from error
            self._taken += count
        return message
