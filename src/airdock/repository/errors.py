"""What the repository refuses, and why."""

from collections.abc import Sequence

from airdock.errors import AirdockError, Problem
from airdock.repository.difference import Difference


class RepositoryError(AirdockError):
    """The repository refuses; nothing was changed.

    Attributes:
        code: A key of `CODES`. message: For the person who asked.
        problems: What is wrong with the project's content, of `repository.invalid`.
    """

    def __init__(self, code: str, message: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.problems = list(problems)


class ConflictError(RepositoryError):
    """A file is not what the writer expected. `etag` is the one that it has now; None when there is no such file."""

    def __init__(self, message: str, etag: str | None) -> None:
        super().__init__("repository.changed", message)
        self.etag = etag


class StaleBaseError(RepositoryError):
    """Somebody published in between.

    Attributes:
        release: The newest release.
        difference: What leads from the publisher's base to it; from the publisher's content where no base is known.
    """

    def __init__(self, message: str, release: int, difference: Difference) -> None:
        super().__init__("repository.stale", message)
        self.release = release
        self.difference = difference


def not_found(message: str) -> RepositoryError:
    return RepositoryError("repository.notFound", message)


def conflict(message: str) -> RepositoryError:
    return RepositoryError("repository.conflict", message)
