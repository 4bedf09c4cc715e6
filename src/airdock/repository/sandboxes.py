"""Sandboxes: each user's activated copies of projects."""

import time
from datetime import datetime

import msgspec
from sqlalchemy import Connection, and_, delete, select

from airdock.database import note_change
from airdock.repository.blobs import load_manifest, store_manifest
from airdock.repository.checks import Check, with_checked_draft
from airdock.repository.difference import Difference, compare
from airdock.repository.drafts import when
from airdock.repository.errors import not_found
from airdock.repository.manifest import Manifest, encode
from airdock.repository.names import check_project, check_user
from airdock.repository.statements import upsert
from airdock.repository.store import Store
from airdock.repository.tables import SANDBOXES


class Activation(msgspec.Struct, frozen=True):
    """A project in a sandbox, and since when it is there as it is."""

    project: str
    at: datetime


class Sandboxes:
    """Activates and deactivates projects. Every method raises `RepositoryError` and `DatabaseError`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def users(self) -> list[str]:
        """Who has something in the sandbox, sorted."""
        with self._store.reading() as connection:
            return sorted(connection.execute(select(SANDBOXES.c.user_name).distinct()).scalars())

    def projects(self, user: str) -> list[str]:
        """The names of the user's projects, sorted."""
        return [activation.project for activation in self.activations(user)]

    def activations(self, user: str) -> list[Activation]:
        """The user's projects, sorted by name."""
        check_user(user)
        query = select(SANDBOXES.c.project, SANDBOXES.c.activated).where(SANDBOXES.c.user_name == user)
        with self._store.reading() as connection:
            rows = connection.execute(query).all()
        return sorted((Activation(project, when(at)) for project, at in rows), key=lambda each: each.project)

    def activate(self, project: str, user: str, *, check: Check | None = None) -> Difference:
        """Copies the user's draft to the sandbox: all of it, or nothing when the check finds problems.

        Returns:
            What changed in the sandbox.

        Raises:
            RepositoryError: `repository.notFound`, `repository.invalid`.
        """
        check_user(user)
        check_project(project)

        def act(connection: Connection, manifest: Manifest) -> Difference:
            return _copy(connection, user, project, manifest)

        return with_checked_draft(self._store, user, project, check, lambda *_: True, act)

    def deactivate(self, project: str, user: str) -> None:
        """Takes a project out of the sandbox.

        Raises:
            RepositoryError: `repository.notFound`.
        """
        check_user(user)
        check_project(project)
        where = and_(SANDBOXES.c.user_name == user, SANDBOXES.c.project == project)
        with self._store.writing() as connection:
            if not connection.execute(delete(SANDBOXES).where(where)).rowcount:
                raise not_found(f"the project {project!r} is not in the sandbox of {user!r}")
            note_change(connection, "sandbox", f"{user}/{project}")


def _copy(connection: Connection, user: str, project: str, manifest: Manifest) -> Difference:
    where = and_(SANDBOXES.c.user_name == user, SANDBOXES.c.project == project)
    before = connection.execute(select(SANDBOXES.c.manifest).where(where)).scalar()
    if before == encode(manifest)[0]:
        return Difference()
    difference = compare({} if before is None else load_manifest(connection, before), manifest)
    id = store_manifest(connection, manifest)
    values = {"user_name": user, "project": project, "manifest": id, "activated": time.time()}
    connection.execute(upsert(connection, SANDBOXES, values))
    note_change(connection, "sandbox", f"{user}/{project}")
    return difference
