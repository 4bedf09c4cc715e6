"""Where a project's files are read: in a workspace, in a sandbox, or a release of the registry."""

import msgspec
from sqlalchemy import Connection, and_, select

from airdock.repository import drafts, releases
from airdock.repository.blobs import load_manifest
from airdock.repository.errors import not_found
from airdock.repository.manifest import FileInfo
from airdock.repository.names import check_project, check_user
from airdock.repository.tables import SANDBOXES


class InWorkspace(msgspec.Struct, frozen=True):
    """A user's draft of a project."""

    user: str
    project: str

    def files(self, connection: Connection) -> dict[str, FileInfo]:
        check_user(self.user)
        check_project(self.project)
        drafts.base(connection, self.user, self.project)
        return drafts.read(connection, self.user, self.project)


class InSandbox(msgspec.Struct, frozen=True):
    """A user's activated copy of a project."""

    user: str
    project: str

    def files(self, connection: Connection) -> dict[str, FileInfo]:
        check_user(self.user)
        check_project(self.project)
        where = and_(SANDBOXES.c.user_name == self.user, SANDBOXES.c.project == self.project)
        id = connection.execute(select(SANDBOXES.c.manifest).where(where)).scalar()
        if id is None:
            raise not_found(f"the project {self.project!r} is not in the sandbox of {self.user!r}")
        return load_manifest(connection, id)


class InRegistry(msgspec.Struct, frozen=True):
    """A release of a project; without a number the current one."""

    project: str
    release: int | None = None

    def files(self, connection: Connection) -> dict[str, FileInfo]:
        check_project(self.project)
        number = self.release
        if number is None:
            state = releases.state(connection, self.project)
            number = state.current if state is not None else None
        if number is None:
            raise not_found(f"the project {self.project!r} is not published")
        return releases.manifest(connection, self.project, number)


Side = InWorkspace | InSandbox | InRegistry
"""Each gives its files within a transaction; `repository.notFound` when it is not there."""
