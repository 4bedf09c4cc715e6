"""Checking a draft, and acting on just what was checked."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import Connection

from airdock.errors import Problem
from airdock.repository import drafts
from airdock.repository.blobs import contents
from airdock.repository.errors import RepositoryError, conflict
from airdock.repository.manifest import Manifest
from airdock.repository.store import Store

Check = Callable[[Mapping[str, bytes]], Sequence[Problem]]
"""Tells what is wrong with a project, from the contents of its files by path in the project."""

ATTEMPTS = 5
"""Times that a draft is checked again because it changed meanwhile."""

T = TypeVar("T")


def refuse_problems(check: Check | None, files: Mapping[str, bytes]) -> None:
    """
    Raises:
        RepositoryError: `repository.invalid` with everything that the check found.
    """
    problems = check(files) if check is not None else ()
    if problems:
        count = "one problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise RepositoryError("repository.invalid", f"the project has {count}: {problems[0]}", problems)


def with_checked_draft(
    store: Store,
    user: str,
    project: str,
    check: Check | None,
    needs_check: Callable[[Connection, Manifest], bool],
    act: Callable[[Connection, Manifest], T],
) -> T:
    """Checks a draft outside of any transaction, as that takes long, and acts on it if it is still the same.

    Args:
        needs_check: Asked first, in a transaction that reads; may refuse by an exception.
        act: Called in a transaction that writes, the draft locked.

    Raises:
        RepositoryError: `repository.notFound`, `repository.invalid`; `repository.conflict`, the draft changes all the
            time.
    """
    for _ in range(ATTEMPTS):
        with store.reading() as connection:
            drafts.base(connection, user, project)
            manifest = drafts.read(connection, user, project)
            checked = check is not None and needs_check(connection, manifest)
            files = contents(connection, manifest) if checked else {}
        if checked:
            refuse_problems(check, files)
        with store.writing() as connection:
            drafts.lock(connection, user, project)
            if drafts.read(connection, user, project) == manifest:
                return act(connection, manifest)
    raise conflict(f"the project {project!r} changes all the time: try again")
