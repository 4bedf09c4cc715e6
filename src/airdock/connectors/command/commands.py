"""The programs that an installation allows flows to run, by their names."""

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from airdock.connectors.command.arguments import checked
from airdock.connectors.command.process import Process
from airdock.deadline import DeadlineError, within
from airdock.errors import FlowError
from airdock.spec.command import AllowedCommand, Argument, Command, Ended


class Commands:
    """Commands of a process.

    Attributes:
        declared: By name. known: They are those of the installation; else nobody has said which it allows, and all
            that is run is refused.
    """

    def __init__(self, declared: Mapping[str, AllowedCommand] | None = None) -> None:
        """None for `declared`: nobody has said which there are."""
        self.known = declared is not None
        self.declared = dict(declared or {})
        self._running = {name: RunningCommand(name, each) for name, each in self.declared.items()}

    def at(self, name: str) -> Command:
        """The command of a name, whether or not there is one; its runs share its bounds."""
        return self._running.get(name) or UnknownCommand(name)

    @property
    def missing(self) -> list[str]:
        """Sentences on programs that are not there."""
        return [
            f"the program of {name!r} is not there, or cannot be run: {each.program}"
            for name, each in self.declared.items()
            if shutil.which(each.program) is None
        ]


class RunningCommand:
    """A command that the installation allows."""

    def __init__(self, name: str, declared: AllowedCommand) -> None:
        self._name = name
        self._declared = declared
        self._room = asyncio.Semaphore(declared.concurrency)

    async def run(self, arguments: list[Argument], content: bytes) -> Ended:
        declared = self._declared
        words = [declared.program, *checked(self._name, declared, arguments)]
        async with self._room, _folder(declared.folder) as folder:
            process = Process(self._name, declared.max_output)
            try:
                return await within(declared.timeout, process.run(words, content, folder, declared.environment))
            except DeadlineError:
                message = f"the command {self._name!r} ran longer than {declared.timeout:g} s (`timeout`) and was ended"
                raise FlowError("connector.timeout", message) from None


class UnknownCommand:
    """Stands for a command that the installation does not allow."""

    def __init__(self, name: str) -> None:
        self._name = name

    async def run(self, arguments: list[Argument], content: bytes) -> Ended:
        message = f"this installation allows no command {self._name!r} (the setting `commands`)"
        raise FlowError("connector.command.unknown", message)


@contextlib.asynccontextmanager
async def _folder(named: str) -> AsyncIterator[str]:
    """The folder that a command works in, or an empty one that is removed behind it."""
    if named:
        yield named
        return
    made = Path(tempfile.mkdtemp(prefix="airdock-command-"))
    try:
        yield str(made)
    finally:
        await asyncio.to_thread(shutil.rmtree, made, ignore_errors=True)


UNKNOWN = Commands()
"""Nobody has said which commands there are."""
