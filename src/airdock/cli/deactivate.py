"""`airdock deactivate`: takes a project out of the caller's sandbox."""

from airdock.cli.project.target import ProjectOption, TargetArgument, folder_of
from airdock.cli.server_options import JsonOption, ServerOption, connected, say_json
from airdock.cli.terminal import printable, say


def command(
    target: TargetArgument = None, project: ProjectOption = None, server: ServerOption = None, json: JsonOption = False
) -> None:
    """Take a project out of your sandbox.

    Its addresses in your sandbox answer no more. Your workspace keeps it.

    \b
    Examples:
      airdock deactivate shop
    """
    from airdock.cli.project.local import local_project

    with connected(server) as client:
        folder = folder_of(target)
        name = project or (str(target) if folder is None else local_project(folder, client).name)
        client.sandbox.deactivate(name)
    if json:
        say_json({"project": name})
    else:
        say(f"{printable(name)} is no longer in your sandbox")
