"""`airdock unpublish`: takes a project out of the registry."""

from typing import Annotated

import typer

from airdock.cli.server_options import JsonOption, ServerOption, connected, say_json
from airdock.cli.terminal import printable, say


def command(
    project: Annotated[str, typer.Argument(metavar="PROJECT", help="The project's name.")],
    message: Annotated[str, typer.Option("--message", "-m", metavar="TEXT", help="Why, for people.")] = "",
    server: ServerOption = None,
    json: JsonOption = False,
) -> None:
    """Take a project out of the registry.

    Its addresses answer no more. Its releases are kept: `airdock rollback` brings one back.

    \b
    Examples:
      airdock unpublish shop -m "Replaced by shop2"
    """
    with connected(server) as client:
        client.registry.unpublish(project, message)
    if json:
        say_json({"project": project})
    else:
        say(f"{printable(project)} is no longer published")
