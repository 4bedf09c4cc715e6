"""The registry: what is published, as numbered releases of projects."""

from collections.abc import Mapping

from sqlalchemy import Connection

from airdock.repository import drafts, releases
from airdock.repository.blobs import NewBlobs, contents
from airdock.repository.checks import Check, refuse_problems, with_checked_draft
from airdock.repository.errors import not_found
from airdock.repository.manifest import Manifest
from airdock.repository.names import check_project
from airdock.repository.publication import Published, Request, bring_back, end, look, publish
from airdock.repository.releases import Release
from airdock.repository.store import Store
from airdock.repository.workspaces import checked_files


class Registry:
    """Publishes and tells what was published.

    A publication is all of a project or nothing. Of several at the same moment one is first; the others find that
    their base is stale. Every method raises `RepositoryError` and `DatabaseError`.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def projects(self) -> list[str]:
        """The names of the projects that are published now, sorted."""
        return list(self.current_releases())

    def current_releases(self) -> dict[str, Release]:
        """The current release of every project that is published now, sorted by project."""
        with self._store.reading() as connection:
            return releases.newest(connection, current=True)

    def newest_releases(self) -> dict[str, Release]:
        """The newest release of every project that was ever published, sorted by project."""
        with self._store.reading() as connection:
            return releases.newest(connection, current=False)

    def current(self, project: str) -> int | None:
        """The number of the release that is served; None for a project that is not published."""
        check_project(project)
        with self._store.reading() as connection:
            state = releases.state(connection, project)
        return state.current if state is not None else None

    def release(self, project: str, number: int) -> Release:
        check_project(project)
        with self._store.reading() as connection:
            return releases.find(connection, project, number)

    def history(self, project: str, limit: int = 50, before: int | None = None) -> list[Release]:
        """Releases, the newest first.

        Args:
            before: Only those with a lower number; the number of the last one of the page before.

        Raises:
            RepositoryError: `repository.notFound`, the project was never published.
        """
        check_project(project)
        with self._store.reading() as connection:
            if releases.state(connection, project) is None:
                raise not_found(f"the project {project!r} was never published")
            return releases.history(connection, project, limit, before)

    def publish(
        self,
        project: str,
        user: str,
        message: str,
        *,
        base: int | None = None,
        revision: str = "",
        check: Check | None = None,
    ) -> Published:
        """Publishes the user's draft; its base is the new release then.

        Args:
            base: The newest release that was taken into the draft; by default the one that the draft came from.
            revision: The revision in version control, if there is one.

        Raises:
            StaleBaseError: the base is not the newest release, or no base is known of a project that was published
                before. Nothing is refused when the draft has the files of the current release.
            RepositoryError: `repository.invalid`, the check found problems, or there are no files.
        """
        request = Request(project, user, message, revision=revision)
        request.check()

        def needs_check(connection: Connection, manifest: Manifest) -> bool:
            return look(connection, project, manifest, _base(connection, user, project, base)) is None

        def act(connection: Connection, manifest: Manifest) -> Published:
            published = publish(connection, request, manifest, _base(connection, user, project, base))
            drafts.set_base(connection, user, project, published.release)
            return published

        return with_checked_draft(self._store, user, project, check, needs_check, act)

    def publish_files(
        self,
        project: str,
        files: Mapping[str, bytes],
        user: str,
        message: str,
        *,
        base: int | None = None,
        revision: str = "",
        check: Check | None = None,
    ) -> Published:
        """Publishes files that come from elsewhere than a workspace.

        Args:
            base: The newest release that was taken into the files; without it only a project that was never published
                is published, or one whose current release has the same files.

        Raises:
            StaleBaseError, RepositoryError: as `publish`; `repository.name` and `repository.tooLarge` for the files.
        """
        request = Request(project, user, message, revision=revision)
        request.check()
        manifest = checked_files(files)
        blobs = NewBlobs(files.values())
        with self._store.reading() as connection:
            if (published := look(connection, project, manifest, base)) is not None:
                return published
            blobs.prepare(connection)
        refuse_problems(check, files)
        with self._store.writing() as connection:
            blobs.store(connection)
            return publish(connection, request, manifest, base)

    def rollback(self, project: str, release: int, user: str, message: str, *, check: Check | None = None) -> Published:
        """Publishes the files of an earlier release again, as a new one, whatever was published since.

        Raises:
            RepositoryError: `repository.notFound`, there is no such release; `repository.invalid`.
        """
        request = Request(project, user, message, kind="rollback", source=release)
        request.check()
        with self._store.reading() as connection:
            manifest = _files_to_bring_back(connection, project, release)
            files = contents(connection, manifest) if check is not None else {}
        refuse_problems(check, files)
        with self._store.writing() as connection:
            return bring_back(connection, request, manifest)

    def unpublish(self, project: str, user: str, message: str, *, check: Check | None = None) -> Published:
        """Ends the publication of a project. Its releases are kept, and this is one more, without files.

        Raises:
            RepositoryError: `repository.notFound`, it is not published; `repository.invalid`, what others publish
                would be broken.
        """
        request = Request(project, user, message, kind="unpublish")
        request.check()
        if self.current(project) is not None:
            refuse_problems(check, {})
        with self._store.writing() as connection:
            return end(connection, request)


def _base(connection: Connection, user: str, project: str, given: int | None) -> int | None:
    return given if given is not None else drafts.base(connection, user, project)


def _files_to_bring_back(connection: Connection, project: str, number: int) -> Manifest:
    if releases.find(connection, project, number).kind == "unpublish":
        raise not_found(f"release {number} of {project!r} ended the publication: it has no files to bring back")
    return releases.manifest(connection, project, number)
