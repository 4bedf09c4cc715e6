"""What goes to a service and what comes back, between the step, the client and what carries it."""

from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple, Protocol

import msgspec

from airdock.connectors.http.pieces import Pieces
from airdock.connectors.http.reach import Reach


class Upgrade(NamedTuple):
    """A WebSocket is wanted in place of an answer.

    Attributes:
        protocols: Those that are offered, the best first. max_size: The largest message that may come, in bytes.
        heartbeat: Seconds of silence after which a ping is sent, and after as many more the socket is lost.
    """

    protocols: tuple[str, ...] = ()
    max_size: int = 1024**2
    heartbeat: float = 30.0


class Call(msgspec.Struct, gc=False):
    """What is wanted of a service.

    Attributes:
        method: In capitals. path: Behind the connection's own `url`, percent-encoded. url: A full address in its place.
        query: Percent-encoded, to be put behind what the address has.
        headers: By the names as they are sent. body: Its bytes. pieces: A body that is sent piece by piece instead.
        timeout, redirects, max_size: In place of the connection's.
        reach: Where it may go, in place of the connection's reach.
        stream: The body is taken piece by piece: `timeout` is for each wait.
        expected: The statuses that are no error, and no reason to try again.
        upgrade: A WebSocket is wanted.
        cached: It may be answered from what the connection keeps.
    """

    method: str
    path: str = ""
    url: str = ""
    query: str = ""
    headers: dict[str, str] = {}
    body: bytes | None = None
    timeout: float | None = None
    redirects: int | None = None
    max_size: int | None = None
    reach: Reach | None = None
    expected: frozenset[int] = frozenset()
    stream: bool = False
    upgrade: Upgrade | None = None
    cached: bool = True
    pieces: Pieces | None = None


class Answer(msgspec.Struct, gc=False):
    """What came back.

    Attributes:
        status: Its number. headers: By lower-case names; a repeated one has a list. content: The body, unpacked.
        url: The address that answered, without its query, which may hold a key.
    """

    status: int
    headers: dict[str, Any]
    content: bytes
    url: str

    @property
    def content_type(self) -> str:
        """As it was sent, the first one; empty when there is none."""
        value = self.headers.get("content-type", "")
        return value if isinstance(value, str) else value[0]


class Sending(msgspec.Struct, gc=False):
    """One request as it is carried.

    Attributes:
        method, url, headers, body: As they are sent. own: It goes to the connection's own origin.
        timeout: Seconds for all of it; with `stream` or `pieces` for each wait.
        upgrade: A WebSocket is wanted: what comes back with status 101 is an `Upgraded`.
        most: The largest answer that will be read as a whole, in bytes.
        pieces: The body, where it is sent piece by piece.
    """

    method: str
    url: str
    headers: dict[str, str]
    body: bytes | None
    timeout: float
    own: bool
    stream: bool = False
    upgrade: Upgrade | None = None
    most: int = 10 * 1024**2
    pieces: Pieces | None = None


class Received(Protocol):
    """An answer whose body is still to come. It is `close`d, whatever was read.

    Attributes:
        status: Its number. headers: By lower-case names; a repeated one has a list.
    """

    status: int
    headers: dict[str, Any]

    async def read(self, most: int) -> bytes:
        """All of the body, unpacked.

        Raises:
            FlowError: `connector.http.tooLarge`, it is larger than `most` bytes; what `Carrier.send` raises.
        """

    def pieces(self, most: int) -> AsyncIterator[bytes]:
        """The body piece by piece; raises what `read` does."""

    def close(self) -> None:
        """Lets go of it; nothing happens at a second call."""


class Carrier(Protocol):
    """What carries requests: the network, or something in its place."""

    async def send(self, sending: Sending) -> Received:
        """Sends a request and waits for the head of its answer. Redirects are not followed.

        Raises:
            FlowError: `connector.unavailable`, `connector.timeout`, `connector.http.notAllowed` for an address inside,
                `connector.http.response` for what is no HTTP.
        """

    async def close(self) -> None:
        """Ends what is open."""


MakeCall = Callable[[Any], Call]
