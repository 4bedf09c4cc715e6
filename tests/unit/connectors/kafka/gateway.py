"""What stands in front of the cluster of the tests and lets in who has signed in, over TLS if it is to."""

import asyncio
import ssl
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tests.kafka import KafkaCluster

_VERSIONS, _HANDSHAKE, _AUTHENTICATE = 18, 17, 36
_UNSUPPORTED, _FAILED = 33, 58
"""Codes of errors."""


class Gateway:
    """Passes on what comes when the way to sign in, and what it says, are right.

    Attributes:
        server: `host:port`. asked: The ways in which somebody wanted to sign in. said: What was said then.
    """

    def __init__(self, target: str, mechanism: str, knows: Callable[[bytes], bool]) -> None:
        """`mechanism`: the way, as SASL calls it; empty for none. `knows`: whether what is said is right."""
        self.server = ""
        self.asked: list[str] = []
        self.said: list[bytes] = []
        self._target = target
        self._mechanism = mechanism
        self._knows = knows
        self._served: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if (task := asyncio.current_task()) is not None:
            self._served.add(task)
        host, _, port = self._target.rpartition(":")
        far_reader, far_writer = await asyncio.open_connection(host, int(port))
        try:
            if not self._mechanism or await self._let_in(reader, writer, far_reader, far_writer):
                await asyncio.gather(_pass_on(reader, far_writer), _pass_on(far_reader, writer))
        except (OSError, EOFError, asyncio.CancelledError):
            pass
        finally:
            for each in (writer, far_writer):
                each.close()

    async def end(self) -> None:
        """Whoever is connected is cut off."""
        for task in self._served:
            task.cancel()
        if self._served:
            await asyncio.wait(self._served)

    async def _let_in(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        far_reader: asyncio.StreamReader,
        far_writer: asyncio.StreamWriter,
    ) -> bool:
        while True:
            frame = await _read(reader)
            kind, _, correlation, length = struct.unpack(">hhih", frame[:10])
            rest = frame[10 + max(length, 0) :]
            if kind == _VERSIONS:
                _write(far_writer, frame)
                _write(writer, _with_sasl(await _read(far_reader)))
            elif kind == _HANDSHAKE:
                self.asked.append(rest[2:].decode())
                known = self.asked[-1] == self._mechanism
                name = self._mechanism.encode()
                answer = struct.pack(">ihih", correlation, 0 if known else _UNSUPPORTED, 1, len(name)) + name
                _write(writer, answer)
            elif kind == _AUTHENTICATE:
                self.said.append(rest[4:])
                known = self._knows(rest[4:])
                _write(writer, struct.pack(">ihhi", correlation, 0 if known else _FAILED, -1, 0))
                return known
            else:
                return False


def _with_sasl(frame: bytes) -> bytes:
    """What a broker understands, and signing in."""
    (count,) = struct.unpack(">i", frame[6:10])
    return frame[:6] + struct.pack(">i6h", count + 2, _HANDSHAKE, 0, 1, _AUTHENTICATE, 0, 0) + frame[10:]


async def _read(reader: asyncio.StreamReader) -> bytes:
    (size,) = struct.unpack(">i", await reader.readexactly(4))
    return await reader.readexactly(size)


def _write(writer: asyncio.StreamWriter, frame: bytes) -> None:
    writer.write(struct.pack(">i", len(frame)) + frame)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()


@asynccontextmanager
async def gateway(
    cluster: KafkaCluster,
    mechanism: str = "",
    knows: Callable[[bytes], bool] = lambda said: True,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Gateway]:
    """A gateway under which the cluster's broker is known."""
    opened = Gateway(cluster.server, mechanism, knows)
    server = await asyncio.start_server(opened.serve, "127.0.0.1", 0, ssl=tls)
    host, port = server.sockets[0].getsockname()[:2]
    opened.server = f"{host}:{port}"
    cluster.is_at(host, port)
    try:
        yield opened
    finally:
        own_host, _, own_port = cluster.server.rpartition(":")
        cluster.is_at(own_host, int(own_port))
        server.close()
        await opened.end()
        await server.wait_closed()
