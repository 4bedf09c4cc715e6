"""Making releases from folders and workspaces, and telling what stands in the way."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from airdock.cli.project.difference import file_lines
from airdock.cli.project.local import LocalProject, newest_number, open_project
from airdock.cli.project.revision import revision_of
from airdock.cli.project.send import push
from airdock.cli.server_options import CONFLICT
from airdock.cli.terminal import fail, printable

if TYPE_CHECKING:
    from airdock.api.workspace import Published
    from airdock.client import ApiError, Client

_TOLD = 5
"""Releases that are named when a base is stale."""


def publish_workspace(client: "Client", name: str, message: str, base: int | str | None) -> "Published":
    """Makes a release of a project of the workspace. `base`: a release, `"current"`, None: the one it came from."""
    number = newest_number(client, name) if base == "current" else _number(base)
    move = (
        f"`airdock pull {name}` brings it to a folder, `airdock pull --merge {name}` merges there; then publish that."
    )
    with stale_told(client, name, number, move):
        return client.workspace.publish(name, message, base=number)


def publish_folder(
    client: "Client", folder: Path, name: str | None, message: str, base: int | str | None, *, force: bool = False
) -> "Published":
    """Makes a release of what a folder holds: by way of the workspace if it was pushed there before."""
    project = open_project(folder, client, name)
    project.refuse_conflicts()
    if base is not None:
        project.sync.base = newest_number(client, project.name) if base == "current" else _number(base)
    pushed = project.known and project.sync.in_workspace and client.workspace.find(project.name) is not None
    if pushed:
        push(client, project, force=force)
    number = project.sync.base
    if not project.known and base is None:
        number = newest_number(client, project.name)
        against = "none, as it was never published" if number is None else f"the newest release, {number}"
        typer.echo(f"{folder} never was in step with {client.server}: its base is {against}", err=True)
    with stale_told(client, project.name, number, f"`airdock pull --merge {folder}` merges; then publish."):
        done = _publish(client, project, message, number, by_workspace=pushed)
    if project.known:
        _remember(project, done, pushed)
    return done


@contextmanager
def stale_told(client: "Client", project: str, base: int | None, move: str) -> Iterator[None]:
    """Ends the program with code 3 where somebody published since the base: who, when, and what differs."""
    from airdock.client import ApiError

    try:
        yield
    except ApiError as error:
        if error.code != "repository.stale":
            raise
        _stale(client, project, base, error, move)


def _publish(
    client: "Client", project: LocalProject, message: str, base: int | None, *, by_workspace: bool
) -> "Published":
    from airdock.cli.progress import shown_progress
    from airdock.repository import write_zip

    revision = revision_of(project.folder)
    if by_workspace:
        return client.workspace.publish(project.name, message, base=base, revision=revision)
    archive = write_zip(project.files)
    with shown_progress(f"Publishing {project.name}") as progress:
        return client.registry.publish(project.name, archive, message, base=base, revision=revision, progress=progress)


def _remember(project: LocalProject, done: "Published", pushed: bool) -> None:
    project.sync.base = done.release
    if not pushed:
        project.sync.files = project.etags
        project.sync.in_workspace = False
    project.save()


def _stale(client: "Client", project: str, base: int | None, error: "ApiError", move: str) -> NoReturn:
    from airdock.cli.release_lines import release_line

    newer = [each for each in client.registry.releases(project, _TOLD) if base is None or each.number > base]
    lines = ["Published since:", *(f"  {release_line(each)}" for each in newer)]
    if error.document.difference is not None:
        lines += ["What differs:", *file_lines(error.document.difference)]
    typer.echo("\n".join(lines), err=True)
    since = "is published already" if base is None else f"was published since release {base}"
    fail(f"{printable(project)} {since}: yours is based on an older state", CONFLICT, move)


def _number(base: int | str | None) -> int | None:
    return base if isinstance(base, int) else None
