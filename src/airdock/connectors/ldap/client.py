"""A directory over ldap3: a few sessions, each used in a thread of a pool of their own."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from airdock.connectors.ldap.directory import Changes, Entry, Search, Values
from airdock.connectors.ldap.names import parse_name
from airdock.connectors.ldap.session import Peer, Session
from airdock.connectors.resolving import resolved
from airdock.connectors.trust import trusting
from airdock.deadline import DeadlineError, within
from airdock.errors import FlowError
from airdock.spec.connection import Opening

if TYPE_CHECKING:
    from airdock.connectors.ldap.connection import LdapConnection

_STALE = 60.0
"""Seconds for which a session that nobody uses is kept."""
_PATIENCE = 1.0
"""Seconds that closing waits for sessions that end."""

T = TypeVar("T")


@dataclass
class _Kept:
    """A session that waits for its next use."""

    session: Session
    since: float


class LdapClient:
    """See `Directory`."""

    def __init__(self, connection: "LdapConnection", opening: Opening) -> None:
        """Raises FlowError: `connector.secret`, `connector.failed` where `ca` holds no certificates."""
        self.name = opening.name
        self.base = parse_name(connection.base)
        self._connection = connection
        self._network = opening.network
        self._clock = opening.clock
        self._timeout = connection.timeout
        self._password = opening.secret(connection.password) if connection.password is not None else ""
        self._tls = None
        if connection.security != "none":
            self._tls = trusting(connection.ca, opening)
        self._room = asyncio.Semaphore(connection.connections)
        self._threads = ThreadPoolExecutor(connection.connections, thread_name_prefix="airdock-ldap")
        self._kept: list[_Kept] = []
        self._closing: set[asyncio.Future[None]] = set()

    async def check(self) -> None:
        await self._with_session(Session.look)

    async def close(self) -> None:
        kept, self._kept = self._kept, []
        for each in kept:
            self._drop(each.session)
        self._threads.shutdown(wait=False)
        if self._closing:
            await asyncio.wait(self._closing, timeout=_PATIENCE)

    async def search(self, wanted: Search) -> list[Entry]:
        return await self._with_session(lambda session: session.search(wanted))

    async def compare(self, dn: str, attribute: str, value: bytes) -> bool:
        return await self._with_session(lambda session: session.compare(dn, attribute, value))

    async def bind(self, dn: str, password: str) -> bool:
        if not password:
            # A server takes a name without a password for nobody, and says that all is well.
            return False
        async with self._room:
            session = await self._new(user="", password="")
            try:
                return await self._in_thread(session, lambda: session.sign_in(dn, password))
            finally:
                self._drop(session)

    async def add(self, dn: str, attributes: Values) -> None:
        await self._with_session(lambda session: session.add(dn, attributes))

    async def modify(self, dn: str, changes: Changes) -> None:
        await self._with_session(lambda session: session.modify(dn, changes))

    async def delete(self, dn: str) -> None:
        await self._with_session(lambda session: session.delete(dn))

    async def _with_session(self, work: Callable[[Session], T]) -> T:
        """What the work gives; the session is kept unless it is cut off or broken."""
        async with self._room:
            session = self._reused() or await self._new(self._connection.user, self._password)
            try:
                done = await self._in_thread(session, partial(work, session))
            except FlowError as error:
                if error.code.startswith("connector.ldap."):
                    self._kept.append(_Kept(session, self._clock.monotonic()))
                else:
                    self._drop(session)
                raise
            except BaseException:
                self._drop(session)
                raise
            self._kept.append(_Kept(session, self._clock.monotonic()))
            return done

    def _reused(self) -> Session | None:
        while self._kept:
            kept = self._kept.pop()
            if self._clock.monotonic() - kept.since < _STALE and kept.session.usable:
                return kept.session
            self._drop(kept.session)
        return None

    async def _new(self, user: str, password: str) -> Session:
        """A session with the first of the server's addresses that takes one."""
        connection, port = self._connection, self._connection.server_port
        addresses = await resolved(self.name, connection.host, port, self._network)
        starts = connection.security == "starttls"
        for address in addresses:
            peer = Peer(self.name, connection.host, address, port, self._tls, starts, user, password, self._timeout)
            session = Session(peer)
            try:
                await self._in_thread(session, session.open)
            except BaseException as error:
                self._drop(session)
                away = isinstance(error, FlowError) and error.code == "connector.unavailable"
                if not away or address == addresses[-1]:
                    raise
            else:
                break
        return session

    async def _in_thread(self, session: Session, work: Callable[[], T]) -> T:
        """The work, in a thread; where it takes too long or nobody waits any more, the session is ended, and with it
        the thread's wait."""
        running = asyncio.get_running_loop().run_in_executor(self._threads, work)
        try:
            return await within(self._timeout, asyncio.shield(running))
        except DeadlineError:
            raise FlowError("connector.timeout", f"{self.name}: no answer within {self._timeout:g} s") from None
        finally:
            if not running.done():
                session.abort()
                running.add_done_callback(_passed_over)

    def _drop(self, session: Session) -> None:
        """Ends a session, in a thread, as the server is told so."""
        try:
            closing = asyncio.get_running_loop().run_in_executor(self._threads, session.close)
        except RuntimeError:  # the client is closed
            session.close()
            return
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)


def _passed_over(running: "asyncio.Future[Any]") -> None:
    if not running.cancelled():
        running.exception()
