"""The folder that a command works on."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from airdock.cli.terminal import fail

if TYPE_CHECKING:
    from airdock.agent.agent import Agent
    from airdock.connectors.command.commands import Commands


def checked_folder(folder: Path) -> Path:
    """The folder itself; ends the program with code 2 when there is none."""
    if not folder.exists():
        fail(f"there is no folder {folder}", 2)
    if not folder.is_dir():
        fail(f"{folder} is a file: name the folder that it stands in", 2)
    return folder


def load_agent(folder: Path) -> "Agent":
    """An agent that has compiled the folder, with the built-in steps and without a run log.

    The secrets that flows name are those of a server, so they are taken to be there; so are commands, unless the
    environment names the file of the setting `commands`.
    """
    from airdock.agent.agent import Agent
    from airdock.agent.scripts import ScriptLoader
    from airdock.agent.source import FolderSource
    from airdock.connectors.links import Links
    from airdock.engine.clock import LoopClock
    from airdock.engine.runtime import Runtime
    from airdock.plugins import catalogue
    from airdock.triggers.http.protection.secrets import assumed

    agent = Agent(
        FolderSource(checked_folder(folder)),
        catalogue(),
        scripts=ScriptLoader(),
        read_secret=assumed,
        runtime=Runtime(links=Links(LoopClock(), commands=_commands())),
    )
    agent.load()
    return agent


def _commands() -> "Commands":
    """The commands of the file that the environment names; else nobody has said which there are."""
    from airdock.connectors.command.commands import UNKNOWN
    from airdock.errors import AirdockError
    from airdock.server.outside import make_commands
    from airdock.server.settings import Settings, variable_of

    file = os.environ.get(variable_of("commands"), "")
    if not file:
        return UNKNOWN
    try:
        return make_commands(Settings(commands=Path(file)))
    except AirdockError as error:
        fail(str(error), 2)


def registry_path_of(written: str, folder: Path, paths: dict[str, Path]) -> str | None:
    """The registry path of a flow that was named by its file; None when the text is no file.

    Args:
        written: What the user wrote: a path as seen from here.
        paths: Where each file of the registry is.

    Ends the program with code 2 for a file that is not in the folder.
    """
    file = Path(written)
    if not file.is_file():
        if written.startswith(("./", "../")) or (file.is_absolute() and not written.startswith("/services/")):
            fail(f"there is no file {written}", 2)
        return None
    whole = file.resolve()
    for path, found in paths.items():
        if found.resolve() == whole:
            return path
    fail(f"{written} is not a descriptor of the folder {folder}: name its folder with --dir", 2)


def near_or_some(word: str, known: list[str]) -> str:
    """`did you mean …?`, else some of what there is; empty when there is nothing."""
    from airdock.descriptor.names import nearest

    near = nearest(word, known)
    if near:
        return f"did you mean {near}?"
    return f"there are {', '.join(known[:10])}{', …' if len(known) > 10 else ''}" if known else ""
