"""What the parts of Airdock know, as the API shows it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import asdict

from airdock.agent.artefact import Artefact
from airdock.api.agent import ArtefactInfo
from airdock.api.files import FileInfo
from airdock.api.shapes import Difference, FileDifference, Place, ProblemInfo
from airdock.errors import Problem
from airdock.repository import Difference as Compared
from airdock.repository import FileInfo as StoredFile
from airdock.repository import Release as StoredRelease
from airdock.repository import Repository, Side
from airdock.repository.text_difference import changes, compare_texts


def time_of(unix: float) -> datetime:
    """A time, from seconds since 1970."""
    return datetime.fromtimestamp(unix, UTC)


def problem_info(problem: Problem) -> ProblemInfo:
    """A problem of a file."""
    place = problem.place
    return ProblemInfo(
        code=problem.code,
        message=problem.message,
        hint=problem.hint,
        severity=problem.severity,
        place=Place(file=place.file, line=place.line, column=place.column, path=place.path),
    )


def difference_info(difference: Compared) -> Difference:
    """Which files differ."""
    return Difference(files=[FileDifference(path=path, change=change) for path, change in changes(difference)])


def compared(repository: Repository, before: Side | None, after: Side, text: bool) -> Difference:
    """What differs between two sides, with unified diffs where they are asked for. None is a side without files."""
    if before is None:
        difference = Compared(added=tuple(file.path for file in repository.files(after)))
        if not text:
            return difference_info(difference)
        found = compare_texts(difference, {}, repository.contents(after))
    elif not text:
        return difference_info(repository.difference(before, after))
    else:
        found = repository.text_difference(before, after)
    return Difference(files=[FileDifference(path=each.path, change=each.change, text=each.text) for each in found])


def release_fields(release: StoredRelease) -> dict[str, Any]:
    """The fields of a release."""
    return asdict(release)


def file_infos(files: Iterable[StoredFile]) -> list[FileInfo]:
    return [file_info(file) for file in files]


def file_info(file: StoredFile) -> FileInfo:
    return FileInfo(path=file.path, size=file.size, etag=file.etag)


def artefact_info(artefact: Artefact) -> ArtefactInfo:
    """A descriptor and how it stands."""
    return ArtefactInfo(
        path=artefact.path,
        kind=artefact.kind,
        state=artefact.state,
        serves=artefact.serves,
        addresses=list(artefact.addresses),
        problems=[problem_info(problem) for problem in artefact.problems],
        since=time_of(artefact.since),
        release=artefact.release,
    )
