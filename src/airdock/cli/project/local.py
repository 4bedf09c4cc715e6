"""A project in a folder, and how it stands to the server that a command speaks to."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from airdock.cli.project.files import Files, etags_of, listed, read_files
from airdock.cli.project.merge import has_markers
from airdock.cli.project.state import State, Sync, load_state, save_state
from airdock.cli.terminal import fail

if TYPE_CHECKING:
    from airdock.api.registry import Release
    from airdock.client import Client


@dataclass
class LocalProject:
    """A project in a folder.

    Attributes:
        sync: How it stands to the server. known: Whether it was in step with it before.
        files: What the folder holds; empty where it was not read.
    """

    folder: Path
    name: str
    server: str
    state: State
    sync: Sync
    known: bool
    files: Files = field(default_factory=dict)

    @property
    def etags(self) -> dict[str, str]:
        """The name of each file's content."""
        return etags_of(self.files)

    def save(self) -> None:
        """Keeps in the folder how it stands to the server."""
        self.state.project = self.name
        self.state.servers[self.server] = self.sync
        save_state(self.folder, self.state)

    def refuse_conflicts(self) -> None:
        """Ends the program with code 1 while a merge's conflicts are left in files."""
        left = [path for path in self.sync.conflicts if has_markers(self.files.get(path, b""))]
        if left:
            fail(
                f"conflicts are left in {listed(left)}", hint="Edit each file: keep what is right, remove the markers."
            )
        self.sync.conflicts = []


def open_project(folder: Path, client: "Client", name: str | None = None) -> LocalProject:
    """The project of a folder, its files read.

    Args:
        name: The project's name, where it is not that of the folder.
    """
    files = read_files(folder)
    project = local_project(folder, client, name)
    project.files = files
    return project


def local_project(folder: Path, client: "Client", name: str | None = None) -> LocalProject:
    """The project of a folder, its files not read. Ends the program with code 2 for a name that none can have."""
    from airdock.repository.errors import RepositoryError
    from airdock.repository.names import check_project

    state = load_state(folder)
    found = name or state.project or folder.resolve().name
    try:
        check_project(found)
    except RepositoryError as error:
        fail(str(error), 2, "" if name else "--project names it otherwise.")
    if name and state.project and name != state.project:
        # What is known is about another project.
        state = State()
    user = client.session().user or ""
    sync = state.servers.get(client.server)
    known = sync is not None and sync.user == user
    return LocalProject(folder, found, client.server, state, sync if sync and known else Sync(user=user), known)


def newest_release(client: "Client", project: str) -> "Release | None":
    """The newest release of a project, be it the end of its publication: what is made next is made on it."""
    from airdock.client import ApiError

    try:
        return next(client.registry.releases(project, 1), None)
    except ApiError as error:
        if error.status == 404:
            return None
        raise


def newest_number(client: "Client", project: str) -> int | None:
    """The number of the newest release of a project; None when it was never published."""
    newest = newest_release(client, project)
    return None if newest is None else newest.number


def current_release(client: "Client", project: str) -> int | None:
    """The number of a project's current release; None when it is not published."""
    from airdock.client import ApiError

    try:
        return client.registry.current(project).number
    except ApiError as error:
        if error.status == 404:
            return None
        raise
