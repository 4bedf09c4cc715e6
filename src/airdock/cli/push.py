"""`airdock push`: makes the workspace hold what a folder holds."""

from pathlib import Path
from typing import Annotated

import typer

from airdock.cli.project.target import ProjectOption
from airdock.cli.server_options import JsonOption, ServerOption, connected, say_json
from airdock.cli.terminal import say


def command(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder that is the project.", show_default="the current one")
    ] = Path(),
    project: ProjectOption = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what was edited in the workspace meanwhile.")] = False,
    server: ServerOption = None,
    json: JsonOption = False,
) -> None:
    """Copy a folder to your workspace.

    The workspace's project holds the same files afterwards. Hidden files, `__pycache__` and `node_modules` are passed
    over. What was edited in the workspace since the last pull or push is not overwritten: the exit code is 3 then.

    \b
    Examples:
      airdock push shop
      airdock push . --project shop
    """
    from airdock.cli.project.difference import counted, file_lines
    from airdock.cli.project.local import open_project
    from airdock.cli.project.send import push

    with connected(server) as client:
        found = open_project(folder, client, project)
        pushed = push(client, found, force=force)
    if json:
        say_json(pushed)
        return
    based = f", based on release {pushed.base}" if pushed.base is not None else ""
    say(f"{found.name} in your workspace: {counted(pushed.difference)}{based}", *file_lines(pushed.difference))
