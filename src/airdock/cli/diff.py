"""`airdock diff`: what differs between a folder, the workspace and releases."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from airdock.cli.project.target import ProjectOption, TargetArgument, folder_of
from airdock.cli.server_options import JsonOption, ServerOption, connected, say_json
from airdock.cli.terminal import fail, say

if TYPE_CHECKING:
    from airdock.api.shapes import Difference
    from airdock.client import Client


def command(
    target: TargetArgument = None,
    first: Annotated[int | None, typer.Argument(metavar="RELEASE", min=1, help="The release to compare with.")] = None,
    second: Annotated[
        int | None, typer.Argument(metavar="RELEASE", min=1, help="Of two releases, the later one.")
    ] = None,
    project: ProjectOption = None,
    server: ServerOption = None,
    json: JsonOption = False,
) -> None:
    """Show what differs, as a unified diff.

    Of a folder: what publishing it would change in the current release, or in the release named. Of a project: the
    same of your workspace; with two releases, what the later one changed.

    \b
    Examples:
      airdock diff
      airdock diff shop 3
      airdock diff shop 3 5
    """
    with connected(server) as client:
        folder = folder_of(target)
        if folder is not None and second is None:
            found = _of_folder(client, folder, project, first)
        else:
            name = project or (str(target) if folder is None else _name(client, folder))
            found = _of_project(client, name, first, second)
    if json:
        say_json(found)
        return
    from airdock.cli.project.difference import text_lines

    say(*text_lines(found))


def _of_folder(client: "Client", folder: Path, name: str | None, release: int | None) -> "Difference":
    from airdock.cli.project.difference import compare
    from airdock.cli.project.fetch import release_files
    from airdock.cli.project.local import current_release, open_project

    project = open_project(folder, client, name)
    number = release or current_release(client, project.name)
    published = {} if number is None else release_files(client, project.name, number)
    return compare(published, project.files)


def _of_project(client: "Client", name: str, first: int | None, second: int | None) -> "Difference":
    from airdock.cli.project.difference import compare
    from airdock.cli.project.fetch import release_files, workspace_files

    if first is None:
        return client.workspace.difference(name, text=True)
    if second is not None:
        return client.registry.difference(name, first, second, text=True)
    if client.workspace.find(name) is None:
        fail(f"{name} is not in your workspace", hint=f"`airdock diff {name} {first} NUMBER` compares two releases.")
    return compare(release_files(client, name, first), workspace_files(client, name))


def _name(client: "Client", folder: Path) -> str:
    from airdock.cli.project.local import local_project

    return local_project(folder, client).name
