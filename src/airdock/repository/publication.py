"""Making a release within a transaction, or refusing it."""

import msgspec
from sqlalchemy import Connection

from airdock.database import note_change
from airdock.repository import releases
from airdock.repository.blobs import store_manifest
from airdock.repository.bounds import MAX_MESSAGE, MAX_REVISION, check_note
from airdock.repository.difference import Difference, compare
from airdock.repository.errors import RepositoryError, StaleBaseError, not_found
from airdock.repository.manifest import Manifest
from airdock.repository.names import check_project, check_user
from airdock.repository.releases import Kind, ProjectState, Release


class Published(msgspec.Struct, frozen=True):
    """What a publication did.

    Attributes:
        release: The number of the current release.
        made: Whether it was made now; False when there was nothing to change.
        difference: From what was published before, to what is now.
    """

    release: int
    made: bool
    difference: Difference


class Request(msgspec.Struct, frozen=True):
    """Who wants a release of which project, and why."""

    project: str
    user: str
    message: str
    kind: Kind = "publish"
    revision: str = ""
    source: int | None = None

    def check(self) -> None:
        """
        Raises:
            RepositoryError: `repository.name`, `repository.value`.
        """
        check_project(self.project)
        check_user(self.user)
        check_note("message", self.message, MAX_MESSAGE)
        check_note("revision", self.revision, MAX_REVISION)


def look(connection: Connection, project: str, manifest: Manifest, base: int | None) -> Published | None:
    """What is published already when publishing would change nothing; None when it would make a release.

    Raises:
        RepositoryError, StaleBaseError: as `publish`.
    """
    state = releases.state(connection, project) or ProjectState(project, 0, None)
    if _is_current(connection, state, manifest):
        return _unchanged(state)
    _refuse(connection, state, manifest, base)
    return None


def publish(connection: Connection, request: Request, manifest: Manifest, base: int | None) -> Published:
    """Makes the next release, unless the current one has the same files; the blobs must be there.

    Raises:
        StaleBaseError: the base is not the newest release.
        RepositoryError: `repository.notFound`, there is no such base; `repository.invalid`, there are no files.
    """
    state = releases.claim(connection, request.project)
    if _is_current(connection, state, manifest):
        return _unchanged(state)
    _refuse(connection, state, manifest, base)
    return add(connection, request, state, manifest)


def bring_back(connection: Connection, request: Request, manifest: Manifest) -> Published:
    """Makes an earlier release's files the next release, unless the current one has them.

    Raises:
        RepositoryError: `repository.notFound`, the project was never published.
    """
    state = _locked(connection, request.project)
    return _unchanged(state) if _is_current(connection, state, manifest) else add(connection, request, state, manifest)


def end(connection: Connection, request: Request) -> Published:
    """Makes a release without files.

    Raises:
        RepositoryError: `repository.notFound`, the project is not published.
    """
    state = _locked(connection, request.project)
    if state.current is None:
        raise not_found(f"the project {request.project!r} is not published")
    return add(connection, request, state, None)


def add(connection: Connection, request: Request, state: ProjectState, manifest: Manifest | None) -> Published:
    """Makes the next release of a project that is locked, and tells of it."""
    difference = compare(_current_files(connection, state), manifest or {})
    release = Release(
        project=request.project,
        number=state.last + 1,
        kind=request.kind,
        user=request.user,
        at=releases.now(),
        message=request.message,
        revision=request.revision,
        source=request.source,
    )
    releases.add(connection, release, None if manifest is None else store_manifest(connection, manifest))
    note_change(connection, "registry", request.project)
    return Published(release.number, True, difference)


def _locked(connection: Connection, project: str) -> ProjectState:
    state = releases.lock(connection, project)
    if state is None:
        raise not_found(f"the project {project!r} was never published")
    return state


def _is_current(connection: Connection, state: ProjectState, manifest: Manifest) -> bool:
    return state.current is not None and _current_files(connection, state) == manifest


def _current_files(connection: Connection, state: ProjectState) -> Manifest:
    return {} if state.current is None else releases.manifest(connection, state.project, state.current)


def _unchanged(state: ProjectState) -> Published:
    return Published(state.last, False, Difference())


def _refuse(connection: Connection, state: ProjectState, manifest: Manifest, base: int | None) -> None:
    if not manifest:
        message = "the project has no files: to end its publication, unpublish it"
        raise RepositoryError("repository.invalid", message)
    _refuse_stale(connection, state, manifest, base)


def _refuse_stale(connection: Connection, state: ProjectState, manifest: Manifest, base: int | None) -> None:
    if base == state.last or (base is None and state.last == 0):
        return
    if base is not None and not 0 < base < state.last:
        raise not_found(f"the project {state.project!r} has no release {base} that could be a base")
    newest = releases.manifest(connection, state.project, state.last)
    if base is None:
        since, reason = manifest, "and which release this was made from is not known"
    else:
        since, reason = releases.manifest(connection, state.project, base), f"and this was made from release {base}"
    message = f"the newest release of {state.project!r} is {state.last}, {reason}: take in what differs"
    raise StaleBaseError(message, state.last, compare(since, newest))
