"""A program that runs: fed, read and ended, with all that it began."""

import asyncio
import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import IO, cast

from airdock.errors import FlowError
from airdock.spec.command import Ended

KEPT_ERROR = 64 * 1024
"""So many bytes of the end of what a program tells on standard error are kept."""
_PATIENCE = 1.0
"""Seconds that are waited for the end of the output once a program, and all of its group, has ended: something that
left the group may hold it open for ever."""


class Process:
    """A program in a process group of its own. Used once, on the running loop.

    asyncio's own child processes are not used: uvloop's inherit open sockets and pipes of the server.
    """

    def __init__(self, name: str, most: int) -> None:
        """`name`: of the command, for messages. `most`: bytes of output beyond which it is ended."""
        self._name = name
        self._most = most
        self._loop = asyncio.get_running_loop()
        self._output = bytearray()
        self._error = bytearray()
        self._done: asyncio.Future[None] = self._loop.create_future()
        self._gone: asyncio.Future[None] = self._loop.create_future()
        self._too_large = False
        self._open = 0
        self._readers: list[asyncio.BaseTransport] = []
        self._feed: _Feed | None = None
        self._unattached: list[IO[bytes]] = []
        self._child: subprocess.Popen[bytes] | None = None

    async def run(self, words: Sequence[str], content: bytes, folder: str, environment: Mapping[str, str]) -> Ended:
        """Starts it, and waits for its end; who stops waiting ends it.

        Raises:
            FlowError: `connector.command.start`, `connector.command.tooLarge`.
        """
        child = self._start(words, bool(content), folder, environment)
        try:
            await self._connect(child, content)
            await self._done
        finally:
            self._kill()
            if self._feed is not None and not self._feed.over:
                self._feed.transport.abort()
            for reader in self._readers:
                reader.close()
            for pipe in self._unattached:
                pipe.close()
            # What is killed is gone in a moment; only what the system holds on to is not waited for.
            await asyncio.wait((self._gone,), timeout=_PATIENCE)
        if self._too_large:
            message = f"the command {self._name!r} writes more than {self._most} bytes (`maxOutput`)"
            raise FlowError("connector.command.tooLarge", message)
        code = child.returncode
        return Ended(code if code >= 0 else 128 - code, bytes(self._output), bytes(self._error))

    def _start(
        self, words: Sequence[str], fed: bool, folder: str, environment: Mapping[str, str]
    ) -> subprocess.Popen[bytes]:
        try:
            child = self._child = subprocess.Popen(  # noqa: S603 -- words of the operator, and arguments that no shell reads
                words,
                stdin=subprocess.PIPE if fed else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=folder,
                env=dict(environment),
                bufsize=0,
                close_fds=True,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            message = f"the command {self._name!r} cannot be started: {reason} ({words[0]} in {folder})"
            raise FlowError("connector.command.start", message) from error
        threading.Thread(target=self._watch, args=(child,), name=f"airdock-command-{child.pid}", daemon=True).start()
        return child

    async def _connect(self, child: subprocess.Popen[bytes], content: bytes) -> None:
        self._unattached = [pipe for pipe in (child.stdin, child.stdout, child.stderr) if pipe is not None]
        if child.stdin is not None:
            transport, self._feed = await self._loop.connect_write_pipe(_Feed, child.stdin)
            del self._unattached[0]
            transport.write(content)
            transport.close()
        for take in (self._take_output, self._take_error):
            self._open += 1
            reader, _ = await self._loop.connect_read_pipe(partial(_Reader, take, self._ended), self._unattached[0])
            del self._unattached[0]
            self._readers.append(reader)

    def _take_output(self, piece: bytes) -> None:
        if len(self._output) + len(piece) > self._most:
            self._too_large = True
            self._finish()
            return
        self._output += piece

    def _take_error(self, piece: bytes) -> None:
        self._error += piece
        del self._error[:-KEPT_ERROR]

    def _ended(self) -> None:
        self._open -= 1
        if self._gone.done() and not self._open:
            self._finish()

    def _watch(self, child: subprocess.Popen[bytes]) -> None:
        """In a thread: waits for the end of the program, and does not collect it yet where the system lets it be seen
        without that: until then its number is that of its group, and nobody else's."""
        if hasattr(os, "waitid"):
            os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        else:
            child.wait()
        try:
            self._loop.call_soon_threadsafe(self._exit)
        except RuntimeError:  # the loop is closed
            child.wait()

    def _exit(self) -> None:
        """The program has ended; what else there is of its group is ended, too."""
        self._kill()
        if self._child is not None:
            self._child.wait()
        if not self._gone.done():
            self._gone.set_result(None)
        if self._open:
            self._loop.call_later(_PATIENCE, self._finish)
        else:
            self._finish()

    def _kill(self) -> None:
        child = self._child
        if child is not None and child.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)

    def _finish(self) -> None:
        if not self._done.done():
            self._done.set_result(None)


class _Feed(asyncio.BaseProtocol):
    """What a program reads. `over`: it has all, or takes no more."""

    transport: asyncio.WriteTransport
    over = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.WriteTransport, transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.over = True


class _Reader(asyncio.Protocol):
    """Passes on what comes out of a pipe, and that it ends."""

    def __init__(self, take: Callable[[bytes], None], ended: Callable[[], None]) -> None:
        self._take = take
        self._ended = ended

    def data_received(self, piece: bytes) -> None:
        self._take(piece)

    def connection_lost(self, error: Exception | None) -> None:
        self._ended()
