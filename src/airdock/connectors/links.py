"""The connections of a process: opened at first use, shared, watched, and closed when nobody uses them any more."""

import asyncio
from collections.abc import Mapping
from types import TracebackType
from typing import Any, NamedTuple

from airdock.connectors.command.commands import UNKNOWN, Commands
from airdock.connectors.command.fake import FakeCommand
from airdock.connectors.errors import unavailable
from airdock.connectors.folders import NOWHERE
from airdock.connectors.hub.hub import Hub
from airdock.connectors.hub.link import HubLink
from airdock.connectors.hub.memory import MemoryHub
from airdock.connectors.network import PUBLIC
from airdock.connectors.opened import TROUBLE, Declared, Opened, State
from airdock.connectors.unnamed import UnnamedLink
from airdock.errors import FlowError
from airdock.spec.clock import Clock
from airdock.spec.command import Command
from airdock.spec.connection import Connection, Folders, Network


class LinkState(NamedTuple):
    """How a connection stands in this process.

    Attributes:
        name: `project/crm.connection`; in a sandbox `~user/project/crm.connection`. type: Its connector.
        state: `closed`: not used yet, or not since it changed. `failing`: the last use, or look, found it away.
        since: Unix time since when it is so. error: What was wrong, with `failing`. users: What uses it right now.
    """

    name: str
    type: str
    state: State
    since: float
    error: str = ""
    users: int = 0


class Links:
    """The connections of a process, for one event loop; `states` is for any thread."""

    def __init__(
        self,
        clock: Clock,
        network: Network = PUBLIC,
        fakes: bool = False,
        folders: Folders = NOWHERE,
        hub: Hub | None = None,
        commands: Commands = UNKNOWN,
        check_every: float = 0.0,
    ) -> None:
        """
        Args:
            fakes: Connections are opened as their fakes, for tests of flows.
            hub: The built-in message hub; one in memory if left out.
            commands: The programs that flows may run.
            check_every: Seconds after which one that nobody used is asked for a sign of life; 0 for never.
        """
        self.clock = clock
        self.hub: Hub = MemoryHub(clock.now) if hub is None else hub
        self.network = network
        self.folders = folders
        self.commands = commands
        self.fakes = fakes
        self.check_every = check_every
        self._links: dict[str, ConnectionLink] = {}
        self._unnamed: dict[str, UnnamedLink] = {}

    def at(self, name: str) -> "ConnectionLink":
        """The link of a name, the same one at each call, whether or not a connection stands there yet."""
        link = self._links.get(name)
        if link is None:
            link = self._links[name] = ConnectionLink(self, name)
        return link

    def unnamed(self, connection: Connection) -> UnnamedLink:
        """The link of all that name no connection of a type; it is opened as the first one says."""
        link = self._unnamed.get(connection.type)
        if link is None:
            link = self._unnamed[connection.type] = UnnamedLink(connection, self.network, self.clock, self.fakes)
        return link

    def command(self, name: str) -> Command:
        """A program that flows may run; its runs are refused where there is none of this name."""
        return FakeCommand(name) if self.fakes else self.commands.at(name)

    def hub_link(self, space: str) -> HubLink:
        """The hub of a space; it is started soon, as there is something that holds it."""
        self.hub.want()
        return HubLink(self.hub, space)

    def switch(self, declared: Mapping[str, Declared]) -> None:
        """From now on these are the connections. Called on the loop, or where none runs yet.

        A client of before is closed when nobody uses it any more.
        """
        for name in self._links.keys() - declared.keys():
            self._links[name].become(None)
        for name, each in declared.items():
            self.at(name).become(each)

    def states(self) -> list[LinkState]:
        """How each connection stands, by name."""
        return sorted(link.shown for link in list(self._links.values()) if link.declared is not None)

    async def close(self) -> None:
        """Closes all clients, also those in use."""
        for link in self._links.values():
            await link.close()
        for unnamed in self._unnamed.values():
            await unnamed.close()
        await self.hub.close()


class ConnectionLink:
    """A connection under a name, whatever stands there; what steps and listeners hold as `Link`.

    Attributes:
        path: The name, `project/crm.connection`. declared: What stands there; None for nothing.
    """

    def __init__(self, links: Links, name: str) -> None:
        self.path = name
        self.declared: Declared | None = None
        self._links = links
        self._current: Opened | None = None
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def connection(self) -> Any:
        """Its declaration; None where nothing stands there."""
        return None if self.declared is None else self.declared.connection

    def use(self) -> "_Use":
        return _Use(self)

    async def check(self) -> None:
        """Opens it and asks for a sign of life; raises FlowError."""
        async with self.use() as client:
            await client.check()

    @property
    def shown(self) -> LinkState:
        """How it stands."""
        current = self._current
        kind = "" if self.declared is None else self.declared.connection.type
        if current is None:
            return LinkState(self.path, kind, "closed", 0.0)
        return LinkState(self.path, kind, current.state, current.since, current.error, current.users)

    def become(self, declared: Declared | None) -> None:
        """Puts another declaration in its place, if it is another one."""
        before = self.declared
        if before is not None and declared is not None and before.connection is declared.connection:
            return
        self.declared = declared
        old, self._current = self._current, None
        if old is not None:
            old.retire()

    async def close(self) -> None:
        old, self._current = self._current, None
        if old is not None:
            await old.close()

    def opened(self) -> "Opened":
        """What is used from now on.

        Raises:
            FlowError: nothing stands there.
        """
        current = self._current
        if current is None:
            if self.declared is None:
                raise unavailable(self.path, "the connection is not enabled")
            current = self._current = Opened(self.path, self.declared, self._links)
        return current


class _Use:
    """One use of a connection; see `Link.use`."""

    __slots__ = ("_link", "_opened")

    def __init__(self, link: ConnectionLink) -> None:
        self._link = link

    async def __aenter__(self) -> Any:
        opened = self._opened = self._link.opened()
        opened.users += 1
        if opened.client is not None:
            return opened.client
        try:
            return await opened.open()
        except BaseException:
            opened.left()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        opened = self._opened
        if error is None:
            opened.used = True
            if opened.state != "open":
                opened.succeeded()
        elif isinstance(error, FlowError) and error.code in TROUBLE:
            opened.failed(error)
        opened.left()
