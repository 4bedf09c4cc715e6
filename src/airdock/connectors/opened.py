"""One version of a connection that is used: its client, whether its service is there, and who uses it."""

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from airdock.deadline import DeadlineError, within
from airdock.errors import FlowError, described
from airdock.spec.connection import Client, Connection, Opening, Secret

if TYPE_CHECKING:
    from airdock.connectors.links import Links

log = logging.getLogger("airdock.connectors")

State = Literal["closed", "open", "failing"]
TROUBLE = ("connector.unavailable", "connector.refused")
"""Codes of errors after which a connection counts as failing."""

_PAUSES = (0.5, 1.0, 2.0, 5.0)
"""Seconds between the looks at a service that is away: after the first failure, the second, and so on."""
_PATIENCE = 10.0
"""Seconds that a look may take."""


class Declared(NamedTuple):
    """What a connection is made of.

    Attributes:
        connection: Its declaration. secret: The value of a secret; raises FlowError `connector.secret`.
        file: What a file of the registry holds.
    """

    connection: Connection
    secret: Callable[[Secret], str]
    file: Callable[[str], bytes | None]


class Opened:
    """One version of a connection: its client, once it is opened, and who uses it.

    Attributes:
        users: How many. used: Somebody used it well of late. client: None before it is opened.
        state, since, error: See `LinkState`.
    """

    def __init__(self, name: str, declared: Declared, links: "Links") -> None:
        self.name = name
        self.users = 0
        self.used = False
        self.client: Client | None = None
        self.state: State = "closed"
        self.since = links.clock.now()
        self.error = ""
        self._declared = declared
        self._links = links
        self._failures = 0
        self._not_before = 0.0
        self._lock = asyncio.Lock()
        self._retired = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> Client:
        """The client; one caller opens it, the others wait for that."""
        async with self._lock:
            if self.client is None:
                self.client = await self._open()
            return self.client

    async def _open(self) -> Client:
        clock, declared = self._links.clock, self._declared
        if clock.monotonic() < self._not_before:
            raise FlowError("connector.unavailable", self.error)
        opening = Opening(self.name, declared.secret, declared.file, self._links.network, clock, self._links.folders)
        try:
            client = declared.connection.fake() if self._links.fakes else await declared.connection.connect(opening)
        except Exception as error:
            self.failed(error)
            self._not_before = clock.monotonic() + _pause(self._failures)
            raise
        self.succeeded()
        if self._links.check_every:
            self._begin(self._watch(self._links.check_every))
        return client

    def succeeded(self) -> None:
        self._failures = 0
        if self.state != "open":
            if self.state == "failing":
                log.info("%s is there again", self.name)
            self.state, self.since, self.error = "open", self._links.clock.now(), ""

    def failed(self, error: Exception) -> None:
        self._failures += 1
        self.error = str(error) if isinstance(error, FlowError) else described(error)
        if self.state == "failing":
            return
        self.state, self.since = "failing", self._links.clock.now()
        log.warning("%s", self.error)
        self._begin(self._look())

    def left(self) -> None:
        """A use has ended."""
        self.users -= 1
        if self._retired and not self.users:
            self._begin(self.close())

    def retire(self) -> None:
        """Another version has taken its place: it is closed when nobody uses it any more."""
        self._retired = True
        if not self.users and (self.client is not None or self._tasks):
            self._begin(self.close())

    async def close(self) -> None:
        own = asyncio.current_task()
        for task in self._tasks - ({own} if own is not None else set()):
            task.cancel()
        client, self.client = self.client, None
        self.state = "closed"
        if client is not None:
            await client.close()

    def _begin(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _look(self) -> None:
        """Looks whether the service is there again, until it is."""
        while self.state == "failing" and not self._retired:
            await self._links.clock.sleep(_pause(self._failures))
            self._not_before = 0.0
            await self._ask()

    async def _watch(self, seconds: float) -> None:
        """Looks whether the service is still there, where nobody has found out by using it."""
        while not self._retired:
            await self._links.clock.sleep(seconds)
            if not self.used and self.state == "open":
                await self._ask()
            self.used = False

    async def _ask(self) -> None:
        """Asks for a sign of life."""
        try:
            client = await self.open()
            await within(_PATIENCE, client.check())
        except (FlowError, DeadlineError, OSError) as error:
            self.failed(error)
        else:
            self.succeeded()


def _pause(failures: int) -> float:
    return _PAUSES[min(failures, len(_PAUSES)) - 1]
