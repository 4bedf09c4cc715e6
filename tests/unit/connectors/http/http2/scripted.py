"""A peer that does what a service seldom does: each connection goes by the next script."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import Event, RequestReceived

from tests.unit.connectors.http.test_tls import context

Script = Callable[[H2Connection, Event], None]
"""What is done at an event; what is to be sent then is."""


def answering(peer: H2Connection, event: Event) -> None:
    """Answers 200 to each call."""
    if isinstance(event, RequestReceived):
        peer.send_headers(event.stream_id, [(":status", "200")], end_stream=True)


@asynccontextmanager
async def scripted(folder: Path, *scripts: Script) -> AsyncIterator[str]:
    """The address of the peer, which runs in the block; connections behind the last script go by it, too."""
    left, tasks = list(scripts), set[asyncio.Task[None]]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        script = left.pop(0) if len(left) > 1 else left[0]
        peer = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        peer.initiate_connection()
        try:
            while True:
                writer.write(peer.data_to_send())
                data = await reader.read(65536)
                if not data:
                    break
                for event in peer.receive_data(data):
                    script(peer, event)
        except (ConnectionError, ssl.SSLError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()

    def begun(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.ensure_future(serve(reader, writer)))

    secure = context(folder)
    secure.set_alpn_protocols(["h2"])
    server = await asyncio.start_server(begun, "127.0.0.1", 0, ssl=secure)
    try:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
