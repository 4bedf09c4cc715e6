"""A directory over a real socket: the server of anyldap, with pages, StartTLS and what servers do at bad times."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest
from anyio.streams.tls import TLSListener
from anyldap.inmemory import ReadOnlyInMemoryLDAPEntry
from anyldap.interfaces import IConnectedLDAPEntry
from anyldap.protocols import pureber, pureldap
from anyldap.protocols.ldap import ldaperrors, ldapserver

BASE = "dc=example,dc=com"
ADMIN = f"cn=admin,{BASE}"
PASSWORD = "let-me-in"
PAGING = b"1.2.840.113556.1.4.319"
START_TLS = b"1.3.6.1.4.1.1466.20037"


class DirectoryServer:
    """A directory of its own, and how it stands.

    Attributes:
        root: The entry at its base. port: Where it listens. requests: What it was asked, by the name of the operation.
        pages: Sizes of the pages that it was asked for. silent: It takes requests and does not answer.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.root = ReadOnlyInMemoryLDAPEntry(BASE, {"objectClass": ["top"], "dc": ["example"]})
        self.root.addChild("cn=admin", {"objectClass": ["person"], "cn": ["admin"], "userPassword": [PASSWORD]})
        self.tls = tls
        self.port = 0
        self.requests: list[str] = []
        self.pages: list[int] = []
        self.silent = False
        self.connections: list[ldapserver.LDAPServer] = []

    @asynccontextmanager
    async def serving(self, encrypted: bool = False) -> AsyncIterator["DirectoryServer"]:
        """It listens within the block, encrypted from the first byte or not."""
        listener: Any = await anyio.create_tcp_listener(local_host="127.0.0.1", local_port=self.port)
        self.port = listener.extra(anyio.abc.SocketAttribute.local_port)
        if encrypted:
            assert self.tls is not None
            listener = TLSListener(listener, self.tls, standard_compatible=False)
        # In a task of its own: fixtures begin and end in different ones, which anyio's groups of tasks do not like.
        running = asyncio.create_task(ldapserver.serve(listener, lambda: _Connection(self)))
        try:
            yield self
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
            await anyio.aclose_forcefully(listener)

    async def cut(self) -> None:
        """Ends all connections."""
        for each in self.connections:
            await each.aclose()


class _Connection(ldapserver.LDAPServer):
    def __init__(self, server: DirectoryServer) -> None:
        super().__init__()
        self.factory = server
        self._server = server
        server.connections.append(self)

    def _get_root(self) -> Any:
        root = self._server.root
        assert IConnectedLDAPEntry.providedBy(root)
        return root

    async def handle_async(self, msg: Any) -> None:
        self._server.requests.append(type(msg.value).__name__)
        if self._server.silent:
            return
        paging = next((value for oid, _, value in msg.controls or () if oid == PAGING), None)
        if paging is None:
            try:
                await super().handle_async(msg)
            except ssl.SSLError:
                # The caller has not taken its certificate.
                await self.aclose()
            return
        await self._page(msg, paging)

    async def _page(self, msg: Any, control: bytes) -> None:
        """One page of a search: the cookie is the number of what was given before."""
        sequence: Any = pureber.berDecodeMultiple(control, pureber.BERDecoderContext())[0]
        size, cookie = sequence
        self._server.pages.append(size.value)
        begin = int(cookie.value or b"0")
        entries: list[Any] = []
        done = await self.handle_LDAPSearchRequest(msg.value, None, entries.append)
        end = begin + size.value
        more = str(end).encode() if end < len(entries) else b""
        value = pureber.BERSequence([pureber.BERInteger(0), pureber.BEROctetString(more)]).toWire()
        for entry in entries[begin:end]:
            await self._send_anyio_write(pureldap.LDAPMessage(entry, id=msg.id).toWire())
        answer = pureldap.LDAPMessage(done, id=msg.id, controls=[(PAGING, False, value)])
        await self._send_anyio_write(answer.toWire())

    def extendedRequest_starttls(self, data: object, reply: Callable[[Any], object]) -> Any:  # noqa: N802
        if self._server.tls is None:
            raise ldaperrors.LDAPProtocolError("it has no certificate")
        self.start_tls(self._server.tls)
        return pureldap.LDAPExtendedResponse(resultCode=0, responseName=START_TLS)

    extendedRequest_starttls.oid = START_TLS  # type: ignore[attr-defined]


@pytest.fixture
async def server() -> AsyncIterator[DirectoryServer]:
    """A server without encryption."""
    async with DirectoryServer().serving() as server:
        yield server
