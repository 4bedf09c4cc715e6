"""`airdock releases`: the history of a project."""

from typing import Annotated

import typer

from airdock.cli.project.target import TargetArgument, folder_of
from airdock.cli.server_options import JsonOption, ServerOption, connected, say_json
from airdock.cli.terminal import say


def command(
    target: TargetArgument = None,
    limit: Annotated[int, typer.Option(metavar="NUMBER", min=1, max=10_000, help="As many at most.")] = 20,
    server: ServerOption = None,
    json: JsonOption = False,
) -> None:
    """List the releases of a project, the newest first.

    The current one is marked with `*`.

    \b
    Examples:
      airdock releases shop
    """
    from airdock.cli.project.local import current_release, local_project
    from airdock.cli.release_lines import release_lines

    with connected(server) as client:
        folder = folder_of(target)
        name = str(target) if folder is None else local_project(folder, client).name
        found = list(client.registry.releases(name, limit))
        current = current_release(client, name)
    if json:
        say_json(found)
    else:
        say(*release_lines(found, current))
