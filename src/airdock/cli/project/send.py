"""From a folder to the caller's workspace: nothing that was edited there in between is lost."""

from typing import TYPE_CHECKING

from airdock.api.shapes import Difference, FileChange, FileDifference, ResponseBody
from airdock.cli.project.files import changed_paths, listed
from airdock.cli.project.local import LocalProject, newest_number
from airdock.cli.server_options import CONFLICT
from airdock.cli.terminal import fail

if TYPE_CHECKING:
    from airdock.api.workspace import WorkspaceProject
    from airdock.client import Client


class Pushed(ResponseBody):
    """What a push did: the release that the content came from, and which files of the workspace changed."""

    project: str
    base: int | None
    difference: Difference


def push(client: "Client", project: LocalProject, *, force: bool = False) -> Pushed:
    """Makes the workspace hold what the folder holds.

    Ends the program with code 3 where that would undo an edit that the folder does not know, unless forced.
    """
    project.refuse_conflicts()
    found = client.workspace.find(project.name)
    there = {file.path: file.etag for file in client.workspace.files(project.name)} if found else {}
    if found and not force:
        _refuse_lost_edits(project, found, there)
    base = _base(client, project, found)
    changed = changed_paths(there, project.etags)
    if found is None or force:
        _replace(client, project, base)
    else:
        _write(client, project, there, changed)
        if base != found.base:
            _replace(client, project, base)
    _remember(project, base)
    return Pushed(project=project.name, base=base, difference=_difference(there, project.etags, changed))


def _refuse_lost_edits(project: LocalProject, found: "WorkspaceProject", there: dict[str, str]) -> None:
    here = project.etags
    if project.known and project.sync.in_workspace:
        before = project.sync.files
    elif found.changed:
        before = {}
    else:  # what is there is a release, too
        return
    lost = [path for path in changed_paths(before, there) if there.get(path) != here.get(path)]
    if not project.known or not project.sync.in_workspace:
        lost = [path for path in lost if path in there]
    if lost:
        told = "since this folder was in step with it" if before else "and this folder does not come from there"
        fail(
            f"{project.name} was changed in your workspace {told}: {listed(lost)}",
            CONFLICT,
            "`airdock pull --merge` brings these changes here; --force replaces them.",
        )


def _base(client: "Client", project: LocalProject, found: "WorkspaceProject | None") -> int | None:
    if project.known:
        return project.sync.base
    return found.base if found and found.base is not None else newest_number(client, project.name)


def _write(client: "Client", project: LocalProject, there: dict[str, str], changed: list[str]) -> None:
    from airdock.cli.progress import shown_progress

    # Each file only if it is still as it was seen: somebody may be editing.
    with shown_progress(f"Pushing {project.name}") as progress:
        for number, path in enumerate(changed, 1):
            if path in project.files:
                client.workspace.write(project.name, path, project.files[path], expected=there.get(path))
            else:
                client.workspace.delete(project.name, path, expected=there[path])
            if progress is not None:
                progress(number, len(changed))


def _replace(client: "Client", project: LocalProject, base: int | None) -> None:
    from airdock.cli.progress import shown_progress
    from airdock.repository import write_zip

    with shown_progress(f"Pushing {project.name}") as progress:
        client.workspace.replace(project.name, write_zip(project.files), base=base, progress=progress)


def _remember(project: LocalProject, base: int | None) -> None:
    project.sync.base = base
    project.sync.files = project.etags
    project.sync.in_workspace = True
    project.known = True
    project.save()


def _difference(before: dict[str, str], after: dict[str, str], changed: list[str]) -> Difference:
    def change(path: str) -> FileChange:
        return "added" if path not in before else "changed" if path in after else "removed"

    return Difference(files=[FileDifference(path=path, change=change(path)) for path in changed])
