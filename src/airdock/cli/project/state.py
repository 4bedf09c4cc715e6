"""What a project's folder knows of servers: the release that it came from, and what it held when it was last in step.

It is kept in the folder, in `.airdock.json`: hidden, so it is never served or sent. It belongs to one person and one
copy, not into version control.
"""

import os
from pathlib import Path

import msgspec

from airdock.cli.terminal import fail

NAME = ".airdock.json"


class Sync(msgspec.Struct, rename="camel"):
    """How the folder stands to one server.

    Attributes:
        user: Whose workspace it is about.
        base: The release that the folder's content came from, null when the project was not published.
        files: The etag of each file when folder and server were last in step.
        in_workspace: It was the workspace that was in step; else a release.
        conflicts: Files that a merge left with conflicts.
    """

    user: str = ""
    base: int | None = None
    files: dict[str, str] = {}
    in_workspace: bool = False
    conflicts: list[str] = []


class State(msgspec.Struct):
    """The file: the project's name, and how it stands to each server by its address."""

    project: str = ""
    servers: dict[str, Sync] = {}


def load_state(folder: Path) -> State:
    """The state of a folder, an empty one when there is none. Ends the program when the file cannot be used."""
    file = folder / NAME
    try:
        return msgspec.json.decode(file.read_bytes(), type=State)
    except FileNotFoundError:
        return State()
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        fail(
            f"{file} cannot be read: {error}",
            hint="Remove it, and `airdock pull` the project again into another folder to compare.",
        )


def save_state(folder: Path, state: State) -> None:
    """Keeps the state of a folder. Ends the program when it cannot be written."""
    file = folder / NAME
    fresh = folder / f"{NAME}.{os.getpid()}.new"
    try:
        fresh.write_bytes(msgspec.json.format(msgspec.json.encode(state), indent=2) + b"\n")
        fresh.replace(file)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        fail(f"{file} cannot be written: {error.strerror or error}")
