"""The registry by the API: what is published, and what was."""

from collections.abc import Iterator
from typing import BinaryIO

from airdock.api.registry import Release, ReleaseFiles, Rollback
from airdock.api.shapes import Difference
from airdock.api.workspace import Published
from airdock.client.bodies import Progress, pieces, save
from airdock.client.pages import items
from airdock.client.transport import Transport, path_of
from airdock.client.workspace import Content


class RegistryCalls:
    """`client.registry`: releases of projects."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def projects(self) -> Iterator[Release]:
        """The current release of each published project."""
        return items(self._transport, Release, "/registry")

    def current(self, project: str) -> Release:
        """The current release of a project. Raises ApiError 404 when it is not published."""
        return self._transport.read(Release, path_of("registry", project))

    def releases(self, project: str, limit: int | None = None) -> Iterator[Release]:
        """The releases of a project, the newest first."""
        return items(self._transport, Release, path_of("registry", project, "releases"), limit=limit)

    def release(self, project: str, number: int) -> ReleaseFiles:
        """A release with the names of its files."""
        return self._transport.read(ReleaseFiles, path_of("registry", project, "releases", str(number)))

    def read(self, project: str, path: str, release: int | None = None) -> Content:
        """A file of a release, of the current one if left out."""
        address = path_of("registry", project, "files", below=path)
        response = self._transport.send("GET", address, query={"release": release})
        return Content(response.content, response.headers.get("etag", "").removeprefix("W/").strip('"'))

    def archive(
        self, project: str, target: BinaryIO, release: int | None = None, progress: Progress | None = None
    ) -> int:
        """Writes a release as a zip archive, the current one if left out; gives its size in bytes."""
        query = {"release": release}
        with self._transport.stream("GET", path_of("registry", project, "archive"), query=query) as response:
            return save(response, target, progress)

    def difference(self, project: str, first: int, second: int | None = None, *, text: bool = False) -> Difference:
        """What a release changed against an earlier one; `second` left out is the current one."""
        query = {"from": first, "to": second, "text": text}
        return self._transport.read(Difference, path_of("registry", project, "difference"), **query)

    def publish(
        self,
        project: str,
        archive: bytes,
        message: str,
        *,
        base: int | None = None,
        revision: str = "",
        progress: Progress | None = None,
    ) -> Published:
        """Makes a release of the files of a zip archive, without a workspace.

        Args:
            base: The release that the files were made from, None when the project was not published then.

        Raises:
            ApiError: 409 `repository.stale`, 422 `repository.invalid`.
        """
        path, query = path_of("registry", project, "publish"), {"base": base, "revision": revision or None}
        content = pieces(archive, progress)
        return self._transport.upload(Published, "POST", path, content, len(archive), message=message, **query)

    def rollback(self, project: str, release: int, message: str = "") -> Published:
        """Publishes an earlier release again, as a new one."""
        body = Rollback(release=release, message=message)
        return self._transport.write(Published, "POST", path_of("registry", project, "rollback"), body)

    def unpublish(self, project: str, message: str = "") -> None:
        """Takes a project out of the registry; its releases are kept, and can be rolled back to."""
        self._transport.send("DELETE", path_of("registry", project), query={"message": message})
