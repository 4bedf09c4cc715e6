"""A mail server that says what a test has written, for what real ones seldom say."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

Dialogue = Sequence[tuple[str, str]]
"""What a command begins with, behind its tag, and the answer: `{tag}` is the command's, `HANG UP` ends all."""

HELLO = "* PREAUTH [CAPABILITY IMAP4rev1 IDLE UIDPLUS MOVE] ready"
SELECTED = "* OK [UIDVALIDITY 7] ok\n* OK [UIDNEXT 3] ok\n{tag} OK [READ-WRITE] done"


class Scripted:
    """
    Attributes:
        port: Where it is. heard: The commands that came, without their tags.
    """

    def __init__(self, dialogue: Dialogue, hello: str) -> None:
        self.port = 0
        self.heard: list[str] = []
        self._dialogue = list(dialogue)
        self._hello = hello

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            tag, going = "", await self._say(writer, self._hello, "")
            while going and (data := await reader.readline()):
                line = data.decode().rstrip("\r\n")
                begins, _, command = line.partition(" ")
                # What has no tag belongs to the command before.
                tag, command = (begins, command) if command else (tag, line)
                self.heard.append(command)
                going = await self._say(writer, self._answer(command), tag)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    def _answer(self, command: str) -> str:
        """What fits it first; that is used up where something else fits it, too."""
        fitting = [each for each in self._dialogue if command == each[0] or (each[0] and command.startswith(each[0]))]
        if len(fitting) > 1:
            self._dialogue.remove(fitting[0])
        return fitting[0][1] if fitting else "{tag} OK done"

    async def _say(self, writer: asyncio.StreamWriter, text: str, tag: str) -> bool:
        for line in text.replace("{tag}", tag).split("\n") if text else []:
            if line == "HANG UP":
                return False
            writer.write(line.encode() + b"\r\n")
        await writer.drain()
        return True


@asynccontextmanager
async def scripted(*dialogue: tuple[str, str], hello: str = HELLO) -> AsyncIterator[Scripted]:
    """A server that follows a script; what it says nothing of is well."""
    script = Scripted(dialogue, hello)
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        await script.serve(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    script.port = server.sockets[0].getsockname()[1]
    try:
        yield script
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
