"""`airdock pull`: takes a project of the server into a folder."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from airdock.cli.server_options import JsonOption, ServerOption, connected, say_json
from airdock.cli.terminal import fail, paint, printable, say

if TYPE_CHECKING:
    from airdock.cli.project.fetch import Pulled
    from airdock.cli.project.local import LocalProject
    from airdock.client import Client


def command(
    project: Annotated[
        str | None,
        typer.Argument(
            metavar="PROJECT", help="The project's name, or its folder.", show_default="that of the current folder"
        ),
    ] = None,
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="Where to. [default: a folder of the project's name]")
    ] = None,
    release: Annotated[
        int | None, typer.Option("--release", metavar="NUMBER", min=1, help="This release, whatever the workspace has.")
    ] = None,
    merge: Annotated[
        bool, typer.Option("--merge", help="Merge what changed on the server into what was edited here.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace what was edited here.")] = False,
    server: ServerOption = None,
    json: JsonOption = False,
) -> None:
    """Copy a project of the server to a folder.

    It comes from your workspace if it is there, else from the registry. Files that were edited here only stay as they
    are; a file that was edited on both sides is refused with exit code 3.

    With --merge, what changed in your workspace and in the registry since the last pull or push is merged line by
    line. Where both sides changed the same lines, the file gets conflict markers and the exit code is 1.

    \b
    Examples:
      airdock pull shop
      airdock pull shop old --release 3
      airdock pull --merge shop
    """
    if merge and (force or release is not None):
        fail("--merge goes with neither --force nor --release", 2)
    with connected(server) as client:
        found = _project(client, project, folder)
        if merge:
            from airdock.cli.project.fetch import merge_into

            done = merge_into(client, found)
        else:
            done = [_pull(client, found, release, force)]
    if json:
        say_json(done)
    else:
        say(*_lines(done, found, merge))
    if any(each.conflicts for each in done):
        raise typer.Exit(1)


def _project(client: "Client", name: str | None, folder: Path | None) -> "LocalProject":
    from airdock.cli.project.local import local_project, open_project

    named = Path(name) if name else Path()
    if folder is None and named.is_dir():
        # The folder itself, or by its name a folder that was pulled before.
        return open_project(named, client)
    where = folder or named
    if where.is_dir():
        return open_project(where, client, name)
    if "/" in str(name):
        fail(f"there is no folder {name}", 2, "`airdock pull PROJECT DIR` makes one.")
    return local_project(where, client, name)


def _pull(client: "Client", project: "LocalProject", release: int | None, force: bool) -> "Pulled":
    from airdock.cli.project.fetch import pull
    from airdock.cli.project.local import current_release

    if release is None and client.workspace.find(project.name) is None:
        release = current_release(client, project.name)
        if release is None:
            fail(f"there is no project {project.name!r} in your workspace or in the registry", hint=_some(client))
    try:
        project.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(f"{project.folder} cannot be made: {error.strerror or error}")
    return pull(client, project, release, force=force)


def _some(client: "Client") -> str:
    names = [each.name for each in client.projects()]
    return f"There are {', '.join(names[:10])}{', …' if len(names) > 10 else ''}." if names else "There are none yet."


def _lines(done: "list[Pulled]", project: "LocalProject", merge: bool) -> Iterator[str]:
    if not done:
        yield f"{project.name}: nothing changed on the server since {project.folder} was in step with it"
    for each in done:
        source = "your workspace" if each.source == "workspace" else each.source
        count = len(each.written) + len(each.removed)
        what = "merged" if merge else "taken"
        yield f"{each.project} in {project.folder}: {count} file{'' if count == 1 else 's'} {what} from {source}"
        yield from (f"  {paint('~', 'yellow')} {printable(path)}" for path in each.written)
        yield from (f"  {paint('-', 'red')} {printable(path)}" for path in each.removed)
        for path, said in each.conflicts.items():
            yield f"  {paint('!', 'red', 'bold')} {printable(path)}: {said}"
    if any(each.conflicts for each in done):
        yield "Decide on the files marked with `!`, then push or publish."
