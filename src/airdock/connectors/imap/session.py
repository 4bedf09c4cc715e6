"""One connection to an IMAP server: commands one after the other, and what the server tells meanwhile."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from airdock.connectors.errors import unavailable
from airdock.connectors.imap.wire import Response, Wire, WireError
from airdock.deadline import DeadlineError, within
from airdock.errors import FlowError, described

Value = TypeVar("Value")

Argument = str | bytes
"""Of a command: a text is written as it is; bytes are data, which are quoted, or sent as a literal."""

_MOST = 20_000
"""So many responses one command may have."""
_QUOTED = re.compile(rb"[\x20-\x7e]{0,1000}\Z")


class Refusal(Exception):  # noqa: N818 -- it is an answer
    """The server does not do what a command says.

    Attributes:
        code: Its reason, such as `NONEXISTENT`; empty for none. text: Its words.
    """

    def __init__(self, response: Response) -> None:
        super().__init__(f"[{response.code}] {response.text}" if response.code else response.text)
        self.code = response.code
        self.text = response.text[:500]


class _Command:
    """A command that was sent and not answered wholly."""

    def __init__(self, tag: str, wanted: frozenset[str]) -> None:
        self.tag = tag
        self.wanted = wanted
        self.untagged: list[Response] = []
        self.go_ahead = asyncio.Event()
        self.done: asyncio.Future[Response] = asyncio.get_running_loop().create_future()


class Session:
    """A connection whose greeting was read, until it is lost or closed.

    Attributes:
        capabilities: What the server can, in capitals. news: Set when something came for the folder.
    """

    def __init__(
        self,
        wire: Callable[[Callable[[], object]], Wire],
        writer: asyncio.StreamWriter,
        beneath: asyncio.StreamWriter,
        name: str,
        timeout: float,
    ) -> None:
        """
        Args:
            wire: Makes what is read from, and is to be told what it calls whenever it hears something.
            beneath: The writer from before the way was encrypted. One that nobody holds closes the way.
        """
        self.capabilities: frozenset[str] = frozenset()
        self.news = asyncio.Event()
        self._name = name
        self._writer = writer
        self._beneath = beneath
        self._timeout = timeout
        self._loop = asyncio.get_running_loop()
        self._heard = self._loop.time()
        self._wire = wire(self._hear)
        self._lock = asyncio.Lock()
        self._waiting = 0
        self._wanted = asyncio.Event()
        self._command: _Command | None = None
        self._number = 0
        self._error: FlowError | None = None
        self._lost = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._reading = self._loop.create_task(self._read())

    async def command(self, *arguments: Argument, wanted: tuple[str, ...] = ()) -> tuple[list[Response], Response]:
        """Sends a command; its responses of the wanted kinds, and its status.

        It is sent and answered wholly, also where the caller is cut off.

        Raises:
            Refusal: The server does not do it.
            FlowError: `connector.unavailable`, `connector.timeout`.
        """
        return await self._wholly(self._turn(lambda: self._run(arguments, frozenset(wanted))))

    async def authenticate(self, mechanism: str, proof: str) -> Response:
        """Signs in by one exchange, `proof` in base64; raises as `command`."""
        return await self._wholly(self._turn(lambda: self._authenticate(mechanism, proof)))

    async def idle(self, seconds: float) -> None:
        """Waits until there are `news`, another command is to be sent, or so long; raises FlowError when it is lost."""
        if "IDLE" not in self.capabilities:
            await self._until(seconds, self.news, self._lost)
        else:
            async with self._lock:
                if not self._waiting and not self.news.is_set():
                    await self._idle(seconds)
        if self._error is not None:
            raise self._error

    async def close(self) -> None:
        """Takes leave where nothing is under way, and hangs up."""
        if self._error is None and self._command is None:
            try:
                await within(1.0, self.command("LOGOUT"))
            except (FlowError, Refusal, DeadlineError):
                pass
        self._end(unavailable(self._name, "the connection is closed"))
        self._reading.cancel()
        self._writer.close()
        await asyncio.gather(self._reading, self._writer.wait_closed(), *self._tasks, return_exceptions=True)

    # Commands.

    async def _wholly(self, work: Coroutine[Any, Any, Value]) -> Value:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return await asyncio.shield(task)

    def _finished(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            # Who asked may have gone.
            task.exception()

    async def _turn(self, work: Callable[[], Awaitable[Value]]) -> Value:
        self._waiting += 1
        self._wanted.set()
        async with self._lock:
            self._waiting -= 1
            if not self._waiting:
                self._wanted.clear()
            return await work()

    async def _run(self, arguments: tuple[Argument, ...], wanted: frozenset[str]) -> tuple[list[Response], Response]:
        command = self._begin(wanted)
        line = command.tag.encode()
        for argument in arguments:
            if isinstance(argument, str):
                line += b" " + argument.encode("ascii")
            elif _QUOTED.match(argument):
                line += b' "' + argument.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
            else:
                await self._send(line + b" {%d}\r\n" % len(argument))
                if not await self._continued(command):
                    break
                line = argument
        else:
            await self._send(line + b"\r\n")
        return command.untagged, await self._answered(command)

    async def _authenticate(self, mechanism: str, proof: str) -> Response:
        command, at_once = self._begin(frozenset()), "SASL-IR" in self.capabilities
        await self._send(f"{command.tag} AUTHENTICATE {mechanism}{f' {proof}' if at_once else ''}\r\n".encode())
        if not at_once and await self._continued(command):
            await self._send(proof.encode() + b"\r\n")
        if await self._continued(command):
            # What it says there is why it refuses; it wants an empty answer to say so.
            await self._send(b"\r\n")
        return await self._answered(command)

    async def _idle(self, seconds: float) -> None:
        command = self._begin(frozenset())
        await self._send(f"{command.tag} IDLE\r\n".encode())
        if await self._continued(command):
            await self._until(seconds, self.news, self._wanted, self._lost)
            await self._send(b"DONE\r\n")
        try:
            await self._answered(command)
        except Refusal:
            # It says that it can, and does not.
            self.capabilities -= {"IDLE"}

    def _begin(self, wanted: frozenset[str]) -> _Command:
        if self._error is not None:
            raise self._error
        self._number += 1
        self._command = _Command(f"A{self._number}", wanted)
        return self._command

    async def _send(self, data: bytes) -> None:
        self._writer.write(data)
        try:
            await within(self._timeout, self._writer.drain())
        except DeadlineError:
            raise self._silent() from None
        except OSError as error:
            raise self._end(unavailable(self._name, described(error))) from error

    async def _continued(self, command: _Command) -> bool:
        """Whether the server wants what comes next; False where it has answered instead."""
        going = asyncio.ensure_future(command.go_ahead.wait())
        try:
            await self._patiently(going, command.done)
        finally:
            going.cancel()
        command.go_ahead.clear()
        return not command.done.done()

    async def _answered(self, command: _Command) -> Response:
        await self._patiently(command.done)
        self._command = None
        response = command.done.result()
        if response.kind != "OK":
            raise Refusal(response)
        return response

    async def _patiently(self, *futures: "asyncio.Future[Any]") -> None:
        """Waits for one of these for as long as the server says anything."""
        self._heard = self._loop.time()
        while not any(each.done() for each in futures):
            left = self._heard + self._timeout - self._loop.time()
            if left <= 0:
                raise self._silent()
            await asyncio.wait(futures, timeout=left, return_when=asyncio.FIRST_COMPLETED)

    async def _until(self, seconds: float, *events: asyncio.Event) -> None:
        waiting = [self._loop.create_task(each.wait()) for each in events]
        try:
            await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()

    def _silent(self) -> FlowError:
        return self._end(FlowError("connector.timeout", f"{self._name} did not answer in time"))

    # What the server says.

    def _hear(self) -> None:
        self._heard = self._loop.time()

    async def _read(self) -> None:
        said = ""
        try:
            while True:
                response = await self._wire.read()
                if response.kind == "BYE":
                    said = response.text
                self._take(response)
        except WireError as error:
            message = f"{self._name} says what is not IMAP: {error}"
            self._end(FlowError("connector.imap.response", message))
        except EOFError:
            reason = f"the server ended the connection: {said}" if said else "the connection is lost"
            self._end(unavailable(self._name, reason))
        except OSError as error:
            self._end(unavailable(self._name, described(error)))

    def _take(self, response: Response) -> None:
        command = self._command
        if response.code == "CAPABILITY":
            self.capabilities = frozenset(response.details.upper().split())
        if response.tag == "+":
            if command is not None:
                command.go_ahead.set()
        elif response.tag != "*":
            if command is not None and response.tag == command.tag and not command.done.done():
                command.done.set_result(response)
        else:
            self._take_untagged(response, command)

    def _take_untagged(self, response: Response, command: _Command | None) -> None:
        if response.kind == "CAPABILITY":
            self.capabilities = frozenset(each.decode().upper() for each in response.values if isinstance(each, bytes))
        wanted = command.wanted if command is not None else ()
        if response.kind == "EXISTS" or (response.kind == "FETCH" and "FETCH" not in wanted):
            # A mail came, or somebody changed the flags of one.
            self.news.set()
        if command is not None and (response.kind in wanted or response.code in wanted):
            command.untagged.append(response)
            if len(command.untagged) > _MOST:
                raise WireError(f"a command has more than {_MOST} responses")

    def _end(self, error: FlowError) -> FlowError:
        """Nothing comes any more; what is first said counts."""
        if self._error is None:
            self._error = error
            self._lost.set()
            if self._command is not None and not self._command.done.done():
                self._command.done.set_exception(error)
                # Nobody may wait for it any more.
                self._command.done.exception()
        return self._error
