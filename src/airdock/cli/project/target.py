"""What a command is about: a folder that is a project, or a project by its name."""

from pathlib import Path
from typing import Annotated

import typer

from airdock.cli.terminal import fail

TargetArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="[DIR|PROJECT]",
        help="A folder that is a project, or the name of a project on the server.",
        show_default="the current folder",
    ),
]
ProjectOption = Annotated[
    str | None,
    typer.Option("--project", metavar="NAME", help="The project's name. [default: the name of the folder]"),
]


def folder_of(target: str | None) -> Path | None:
    """The folder that was named; None for what is the name of a project.

    Ends the program with code 2 for what can only be a folder, and is none.
    """
    folder = Path(target or ".")
    if folder.is_dir():
        return folder
    if folder.exists():
        fail(f"{target} is a file: name the folder that it stands in", 2)
    if "/" in str(target) or str(target).startswith("."):
        fail(f"there is no folder {target}", 2)
    return None
