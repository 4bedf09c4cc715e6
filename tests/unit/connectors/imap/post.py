"""A real mail server for tests: pymap, in memory, in the process of the test."""

import asyncio
import ssl
from argparse import Namespace
from datetime import UTC, datetime
from typing import Any

from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend
from pymap.flags import FlagOp
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials import Flag
from pysasl.hashing import Cleartext

USER, PASSWORD = "ann", "open-sesame"


class Post:
    """A server on a loopback address with one mailbox.

    Attributes:
        port: Where it is, the same after it was away. sessions: How many there were.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, implicit: bool = False, **options: Any) -> None:
        """`implicit`: TLS from the first byte. `options`: those of pymap, such as `disable_idle`."""
        self.port = 0
        self.sessions = 0
        self._tls, self._implicit = tls, implicit
        self._options = options
        self._server: asyncio.Server | None = None
        self._open: list[asyncio.StreamWriter] = []

    async def start(self) -> None:
        arguments = Namespace(
            passlib_cfg=None, proxy_protocol=None, host="127.0.0.1", port=0, debug=False, cert=None, key=None,
            tls=self._tls is not None and not self._implicit, demo_data=False, demo_user=USER, demo_password=PASSWORD,
        )  # fmt: skip
        self.backend, self.config = await DictBackend.init(
            arguments,
            ssl_context=self._tls,
            secure_auth=False,
            reject_dnsbl=False,
            invalid_user_sleep=0.0,
            hash_context=Cleartext(),
            **self._options,
        )
        await self.serve()

    async def serve(self) -> None:
        """It is there, or there again."""
        self.config.apply_context()
        serve = ProxyProtocolReader(self.config.proxy_protocol).get_callback(
            IMAPServer(self.backend.login, self.config)
        )

        async def session(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.sessions += 1
            self._open.append(writer)
            try:
                await serve(reader, writer)
            except (ConnectionError, EOFError, asyncio.CancelledError):
                return

        tls = self._tls if self._implicit else None
        self._server = await asyncio.start_server(session, "127.0.0.1", self.port, ssl=tls)
        self.port = self._server.sockets[0].getsockname()[1]

    def hang_up(self) -> None:
        """All sessions end."""
        for each in self._open:
            each.transport.abort()
        self._open.clear()

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        self.hang_up()
        await asyncio.sleep(0)
        others = [task for task in asyncio.all_tasks() if "pymap" in repr(task.get_coro())]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    # What lies in it.

    async def deliver(self, content: bytes, folder: str = "INBOX") -> int:
        """A mail comes; its id."""
        mailbox = await self._mailbox(folder)
        message = await mailbox.append(AppendMessage(content, datetime(2026, 11, 24, 20, 45, tzinfo=UTC)), recent=True)
        return int(message.uid)

    async def make(self, folder: str) -> None:
        await (await self._mailboxes()).add_mailbox(folder)

    async def flags(self, folder: str = "INBOX") -> dict[int, set[str]]:
        """The flags of the mails in a folder, by their ids."""
        mailbox = await self._mailbox(folder)
        return {
            message.uid: {str(each).lstrip("\\").lower() for each in message.permanent_flags}
            async for message in mailbox.messages()
        }

    async def mark(self, id: int, *flags: str) -> None:
        """Somebody else changes the flags of a mail, in the inbox."""
        mailbox = await self._mailbox("INBOX")
        message = await mailbox.get(id, None)
        await mailbox.update(id, message, frozenset(Flag(b"\\" + each.encode()) for each in flags), FlagOp.REPLACE)

    async def _mailbox(self, folder: str) -> Any:
        return await (await self._mailboxes()).get_mailbox(folder)

    async def _mailboxes(self) -> Any:
        async with self.backend.login.demo_user_identity.new_session():
            return self.config.set_cache[USER][0]
