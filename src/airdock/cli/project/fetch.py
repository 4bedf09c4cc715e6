"""From a server to a folder: what changed there is taken, and what was edited here is kept."""

from functools import partial
from typing import TYPE_CHECKING

from airdock.api.shapes import ResponseBody
from airdock.cli.project.archive import fetched
from airdock.cli.project.files import Files, etags_of, listed, write_files
from airdock.cli.project.local import LocalProject, newest_release
from airdock.cli.project.merge import Merged, Names, merge
from airdock.cli.server_options import CONFLICT
from airdock.cli.terminal import fail

if TYPE_CHECKING:
    from airdock.client import Client


class Pulled(ResponseBody):
    """What a pull did.

    Attributes:
        source: `workspace` or `release 4`. base: The release that the content came from.
        written, removed: Files of the folder.
        conflicts: What a person must decide, by file.
    """

    project: str
    source: str
    base: int | None
    written: list[str]
    removed: list[str]
    conflicts: dict[str, str] = {}


def pull(client: "Client", project: LocalProject, release: int | None, *, force: bool = False) -> Pulled:
    """Takes a release, or the workspace for None, into the folder.

    Ends the program with code 3, and changes nothing, when a file was changed both there and here, unless forced.
    """
    if release is None:
        base, theirs, source = _workspace(client, project)
    else:
        base, theirs, source = release, release_files(client, project.name, release), f"release {release}"
    taken, both = _taken(project, theirs)
    if both and not force:
        fail(
            f"{listed(both)}: changed both here and in {'your workspace' if release is None else source}",
            CONFLICT,
            "`airdock pull --merge` merges; --force takes what is there.",
        )
    taken |= {path: theirs.get(path) for path in both}
    write_files(project.folder, taken)
    project.sync.base, project.sync.in_workspace = base, release is None
    project.sync.files = etags_of(theirs)
    project.save()
    return _pulled(project, source, taken, {})


def merge_into(client: "Client", project: LocalProject) -> list[Pulled]:
    """Merges into the folder what changed in the workspace and in the registry since it was in step with them."""
    if not project.known:
        fail(
            f"{project.folder} was never in step with {client.server}, so there is nothing to merge by",
            hint=f"`airdock pull {project.name} OTHER` fetches the project into another folder.",
        )
    project.refuse_conflicts()
    base = {} if project.sync.base is None else release_files(client, project.name, project.sync.base)
    done = [*_merge_workspace(client, project, base), *_merge_release(client, project, base)]
    project.save()
    return done


def release_files(client: "Client", project: str, release: int | None) -> Files:
    """The files of a release, of the current one for None."""
    fetch = partial(client.registry.archive, project)
    what = project if release is None else f"{project}, release {release}"
    return fetched(lambda target, progress: fetch(target, release, progress), what)


def workspace_files(client: "Client", project: str) -> Files:
    """The files of a project of the workspace."""
    return fetched(partial(client.workspace.archive, project), f"{project} from your workspace")


def _workspace(client: "Client", project: LocalProject) -> tuple[int | None, Files, str]:
    found = client.workspace.find(project.name)
    if found is None:
        fail(f"{project.name} is not in your workspace")
    return found.base, workspace_files(client, project.name), "workspace"


def _taken(project: LocalProject, theirs: Files) -> tuple[dict[str, bytes | None], list[str]]:
    """What changed there only, and the paths of what changed on both sides."""
    before, here, there = project.sync.files, project.etags, etags_of(theirs)
    taken: dict[str, bytes | None] = {}
    both: list[str] = []
    for path in sorted(before.keys() | here.keys() | there.keys()):
        if here.get(path) == there.get(path) or there.get(path) == before.get(path):
            continue
        if here.get(path) == before.get(path):
            taken[path] = theirs.get(path)
        else:
            both.append(path)
    return taken, both


def _merge_workspace(client: "Client", project: LocalProject, base: Files) -> list[Pulled]:
    if not project.sync.in_workspace or client.workspace.find(project.name) is None:
        return []
    there = {file.path: file.etag for file in client.workspace.files(project.name)}
    if there == project.sync.files:
        return []
    _, theirs, source = _workspace(client, project)
    # A file that nobody touched there since the folder was in step is not theirs to merge.
    for path in {*theirs, *project.files, *base}:
        if there.get(path) == project.sync.files.get(path):
            _same(theirs, project.files, path)
    merged = merge(base, project.files, theirs, Names("this folder", "your workspace"))
    _apply(project, merged)
    project.sync.files = there
    return [_pulled(project, source, merged.taken, merged.conflicts)]


def _merge_release(client: "Client", project: LocalProject, base: Files) -> list[Pulled]:
    newest = newest_release(client, project.name)
    if newest is None or newest.number == project.sync.base:
        return []
    project.sync.base = newest.number
    if newest.kind == "unpublish":  # it has no files, and says nothing about them
        return []
    theirs = release_files(client, project.name, newest.number)
    merged = merge(base, project.files, theirs, Names("this folder", f"release {newest.number}"))
    _apply(project, merged)
    if not project.sync.in_workspace:
        project.sync.files = etags_of(theirs)
    return [_pulled(project, f"release {newest.number}", merged.taken, merged.conflicts)]


def _apply(project: LocalProject, merged: Merged) -> None:
    write_files(project.folder, merged.taken)
    for path, content in merged.taken.items():
        if content is None:
            project.files.pop(path, None)
        else:
            project.files[path] = content
    project.sync.conflicts = sorted({*project.sync.conflicts, *merged.conflicts})


def _same(theirs: Files, mine: Files, path: str) -> None:
    if path in mine:
        theirs[path] = mine[path]
    else:
        theirs.pop(path, None)


def _pulled(project: LocalProject, source: str, taken: dict[str, bytes | None], conflicts: dict[str, str]) -> Pulled:
    return Pulled(
        project=project.name,
        source=source,
        base=project.sync.base,
        written=[path for path, content in taken.items() if content is not None],
        removed=[path for path, content in taken.items() if content is None],
        conflicts=conflicts,
    )
