"""The caller's workspace and sandbox, by the API."""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from airdock.api.files import Activation, FileInfo, FileMove, Saved, SavedFile
from airdock.api.shapes import Difference, ProblemInfo
from airdock.api.workspace import Checkout, Published, PublishRequest, SandboxProject, WorkspaceProject
from airdock.client.bodies import Progress, pieces, save
from airdock.client.pages import items
from airdock.client.transport import Transport, path_of


class Content(NamedTuple):
    """What a file holds, and the name of that content."""

    content: bytes
    etag: str


class WorkspaceCalls:
    """`client.workspace`: private drafts of projects."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def projects(self) -> Iterator[WorkspaceProject]:
        """The projects of the workspace."""
        return items(self._transport, WorkspaceProject, "/workspace")

    def find(self, project: str) -> WorkspaceProject | None:
        """A project of the workspace; None when it is not there."""
        return next((each for each in self.projects() if each.name == project), None)

    def checkout(self, project: str, release: int | str | None = None, *, overwrite: bool = False) -> WorkspaceProject:
        """Puts a copy of a release into the workspace (`"current"`: the current one); None: an empty project.

        Args:
            overwrite: What is there and was never published may be lost; else it is refused with 409.
        """
        body = Checkout(release=release, overwrite=overwrite)
        return self._transport.write(WorkspaceProject, "PUT", path_of("workspace", project), body)

    def drop(self, project: str) -> None:
        """Removes a project from the workspace, with whatever was not published."""
        self._transport.send("DELETE", path_of("workspace", project))

    def files(self, project: str) -> Iterator[FileInfo]:
        """The files of a project."""
        return items(self._transport, FileInfo, path_of("workspace", project, "files"))

    def read(self, project: str, path: str) -> Content:
        """A file."""
        response = self._transport.send("GET", _file(project, path))
        return Content(response.content, response.headers.get("etag", "").removeprefix("W/").strip('"'))

    def write(self, project: str, path: str, content: bytes, *, expected: str | None = None) -> SavedFile:
        """Writes a file; refused with 412 when it is not what was expected.

        Args:
            expected: The etag that it must have, `"*"` for any; None: there must be no such file yet.
        """
        return self._transport.change(SavedFile, "PUT", _file(project, path), content, _condition(expected or ""))

    def delete(self, project: str, path: str, *, expected: str = "*") -> Saved:
        """Removes a file; refused with 412 when it does not have the etag that is expected."""
        return self._transport.change(Saved, "DELETE", _file(project, path), None, _condition(expected))

    def move(self, project: str, old: str, new: str) -> SavedFile:
        """Gives a file another path."""
        body = FileMove(from_=old, to=new)
        return self._transport.write(SavedFile, "POST", path_of("workspace", project, "move"), body)

    def archive(self, project: str, target: BinaryIO, progress: Progress | None = None) -> int:
        """Writes the project as a zip archive; gives its size in bytes."""
        with self._transport.stream("GET", path_of("workspace", project, "archive")) as response:
            return save(response, target, progress)

    def replace(
        self, project: str, archive: bytes, *, base: int | None = None, progress: Progress | None = None
    ) -> Saved:
        """Replaces all files of a project by those of a zip archive. `base`: the release that they were made from."""
        path = path_of("workspace", project, "archive")
        return self._transport.upload(Saved, "PUT", path, pieces(archive, progress), len(archive), base=base)

    def problems(self, project: str) -> Iterator[ProblemInfo]:
        """What is wrong in the project."""
        return items(self._transport, ProblemInfo, path_of("workspace", project, "problems"))

    def difference(self, project: str, *, text: bool = False) -> Difference:
        """What publishing the project would change. `text`: with unified diffs."""
        return self._transport.read(Difference, path_of("workspace", project, "difference"), text=text)

    def activate(self, project: str) -> Activation:
        """Checks the project and runs it in the caller's sandbox."""
        return self._transport.write(Activation, "POST", path_of("workspace", project, "activate"))

    def publish(self, project: str, message: str, *, base: int | None = None, revision: str = "") -> Published:
        """Makes a release of the project.

        Raises:
            ApiError: 409 `repository.stale`, somebody published since the base; 422 `repository.invalid`, it has
                problems.
        """
        body = PublishRequest(message=message, base=base, revision=revision)
        return self._transport.write(Published, "POST", path_of("workspace", project, "publish"), body)


class SandboxCalls:
    """`client.sandbox`: what the caller activated."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def projects(self) -> Iterator[SandboxProject]:
        """The projects that run in the caller's sandbox."""
        return items(self._transport, SandboxProject, "/sandbox")

    def deactivate(self, project: str) -> None:
        """Takes a project out of the caller's sandbox."""
        self._transport.send("DELETE", path_of("sandbox", project))


def _file(project: str, path: str) -> str:
    return path_of("workspace", project, "files", below=path)


def _condition(expected: str) -> dict[str, str]:
    if not expected:
        return {"if-none-match": "*"}
    return {"if-match": "*" if expected == "*" else f'"{expected}"'}
