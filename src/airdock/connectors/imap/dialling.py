"""Connecting to an IMAP server: addresses that may be gone to, encryption, the greeting."""

import asyncio
import ssl

from airdock.connectors.errors import refused, unavailable
from airdock.connectors.imap.session import Session
from airdock.connectors.imap.wire import LONGEST, Response, Wire, WireError
from airdock.connectors.resolving import resolved
from airdock.deadline import DeadlineError, within
from airdock.errors import described
from airdock.spec.connection import Network

_ENDED = (OSError, EOFError, WireError, ssl.SSLError)


class Address:
    """Where a server is, and how one gets there.

    Attributes:
        name: Of the connection, for messages. host, port: As the author has them. network: Where one may go.
        timeout: Seconds. tls: None for a way in the clear. implicit: It is encrypted from the first byte.
    """

    def __init__(
        self,
        name: str,
        host: str,
        port: int,
        network: Network,
        timeout: float,
        tls: ssl.SSLContext | None,
        implicit: bool,
    ) -> None:
        self.name = name
        self.host = host
        self.port = port
        self.network = network
        self.timeout = timeout
        self.tls = tls
        self.implicit = implicit

    async def dial(self, most: int) -> tuple[Session, bool]:
        """A session, and whether the server knows the caller already; `most`: bytes of a mail that are taken.

        Raises:
            FlowError: `connector.unavailable`, `connector.refused`, `connector.network`.
        """
        try:
            return await within(self.timeout, self._dial(most))
        except DeadlineError:
            raise unavailable(self.name, f"{self.host} did not answer within {self.timeout:g} s") from None
        except _ENDED as error:
            reason = "it hung up" if isinstance(error, EOFError) else described(error)
            raise unavailable(self.name, f"{self.host}: {reason}") from error

    async def _dial(self, most: int) -> tuple[Session, bool]:
        reader, writer = await self._connected()
        beneath = writer
        try:
            greeting = await Wire(reader, most).read()
            if greeting.kind not in ("OK", "PREAUTH"):
                raise unavailable(self.name, f"the server takes no caller: {greeting.text[:300]}")
            if self.tls is not None and not self.implicit:
                reader, writer = await self._encrypted(reader, writer, self.tls)
                greeting = Response("*", "OK")
        except BaseException:
            writer.close()
            raise
        session = Session(lambda heard: Wire(reader, most, heard), writer, beneath, self.name, self.timeout)
        if greeting.code == "CAPABILITY":
            session.capabilities = frozenset(greeting.details.upper().split())
        return session, greeting.kind == "PREAUTH"

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        tls = self.tls if self.implicit else None
        addresses = await resolved(self.name, self.host, self.port, self.network)
        for address in addresses:
            try:
                return await asyncio.open_connection(
                    address, self.port, ssl=tls, server_hostname=self.host if tls is not None else None, limit=LONGEST
                )
            except OSError:
                if address == addresses[-1]:
                    raise
        raise unavailable(self.name, f"{self.host} has no address")

    async def _encrypted(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, tls: ssl.SSLContext
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """What was said in the clear is forgotten, as anybody on the way may have said it."""
        wire = Wire(reader, 0)
        writer.write(b"S1 STARTTLS\r\n")
        response = await wire.read()
        while response.tag == "*":
            response = await wire.read()
        if response.kind != "OK":
            raise refused(self.name, f"the server offers no encryption: {response.text[:300]}")
        loop = asyncio.get_running_loop()
        inner = asyncio.StreamReader(limit=LONGEST)
        protocol = asyncio.StreamReaderProtocol(inner)
        transport = await loop.start_tls(writer.transport, protocol, tls, server_hostname=self.host)
        if transport is None:
            raise EOFError
        protocol.connection_made(transport)
        return inner, asyncio.StreamWriter(transport, protocol, inner, loop)
