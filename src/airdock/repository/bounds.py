"""How much one project may hold."""

from airdock.repository.errors import RepositoryError
from airdock.repository.manifest import Manifest
from airdock.repository.names import check_together, shown

MAX_FILE = 4 * 1024 * 1024
"""Bytes of a file."""
MAX_FILES = 2000
"""Files of a project."""
MAX_PROJECT = 64 * 1024 * 1024
"""Bytes of all files of a project."""
MAX_MESSAGE = 10_000
"""Characters of a release's message."""
MAX_REVISION = 200
"""Characters of a revision."""


def check_size(path: str, size: int) -> None:
    """
    Raises:
        RepositoryError: `repository.tooLarge`, for one file.
    """
    if size > MAX_FILE:
        raise too_large(f"{shown(path)} has more than {MAX_FILE // 1024**2} MB")


def check_project_files(manifest: Manifest) -> None:
    """What all files of a project must fulfil together; each path was checked on its own.

    Raises:
        RepositoryError: `repository.tooLarge`, or `repository.name` for paths that cannot stand side by side.
    """
    if len(manifest) > MAX_FILES:
        raise too_large(f"the project has {len(manifest)} files: at most {MAX_FILES} are taken")
    if sum(file.size for file in manifest.values()) > MAX_PROJECT:
        raise too_large(f"the files of the project have more than {MAX_PROJECT // 1024**2} MB together")
    check_together(manifest)


def check_note(name: str, text: str, longest: int) -> None:
    """A text about a release, `name` says which.

    Raises:
        RepositoryError: `repository.value`, it cannot be kept.
    """
    if len(text) > longest:
        raise RepositoryError("repository.value", f"the {name} is longer than {longest} characters")
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise RepositoryError("repository.value", f"the {name} has a character that is no text")


def too_large(message: str) -> RepositoryError:
    return RepositoryError("repository.tooLarge", message)
