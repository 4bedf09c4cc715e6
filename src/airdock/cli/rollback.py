"""`airdock rollback`: publishes an earlier release again."""

from typing import Annotated

import typer

from airdock.cli.server_options import JsonOption, ServerOption, connected, say_json
from airdock.cli.terminal import paint, printable, say


def command(
    project: Annotated[str, typer.Argument(metavar="PROJECT", help="The project's name.")],
    release: Annotated[int, typer.Argument(metavar="RELEASE", min=1, help="The release to go back to.")],
    message: Annotated[str, typer.Option("--message", "-m", metavar="TEXT", help="Why, for people.")] = "",
    server: ServerOption = None,
    json: JsonOption = False,
) -> None:
    """Publish an earlier release again, as a new one.

    \b
    Examples:
      airdock rollback shop 3 -m "Release 4 counted twice"
    """
    from airdock.cli.project.difference import counted, file_lines

    with connected(server) as client:
        done = client.registry.rollback(project, release, message)
    if json:
        say_json(done)
    elif not done.made:
        say(f"{printable(project)}: release {done.release} holds the same as release {release}, so there is no new one")
    else:
        number = paint(f"release {done.release}", "bold")
        say(f"{printable(project)} is back to release {release}, as {number}: {counted(done.difference)}")
        say(*file_lines(done.difference))
