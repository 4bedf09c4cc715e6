from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event

from airdock.repository import InRegistry, Repository
from airdock.repository.statements import IN_ONE_STATEMENT, portions


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are sent to a database meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def files(count: int, content: str) -> dict[str, bytes]:
    return {f"{number}.flow": f"{content} {number}".encode() for number in range(count)}


def use(repository: Repository, project: str, count: int) -> None:
    """Everything that handles a whole project."""
    repository.workspaces.replace("ann", project, files(count, "first"), None)
    repository.sandboxes.activate(project, "ann", check=lambda _: [])
    repository.registry.publish(project, "ann", "", check=lambda _: [])
    repository.registry.publish_files(project, files(count, "second"), "ann", "", base=1, check=lambda _: [])
    repository.workspaces.checkout("bob", project)
    repository.registry.rollback(project, 1, "ann", "")
    repository.text_difference(InRegistry(project, 1), InRegistry(project, 2))


def test_statements_do_not_become_more_with_the_files(repository: Repository) -> None:
    with counted() as few:
        use(repository, "small", 2)
    with counted() as many:
        use(repository, "large", 500)
    assert len(many) == len(few)


def test_snapshot_and_contents_do_not_take_a_statement_for_each_project(repository: Repository) -> None:
    for number in range(20):
        repository.registry.publish_files(f"p{number}", files(20, str(number)), "ann", "")
    with counted() as sent:
        snapshot = repository.snapshot()
        ids = [id for released in snapshot.registry.values() for id in released.files.values()]
        assert len(repository.blobs(ids)) == 400
    assert len([statement for statement in sent if statement.startswith("SELECT")]) <= 5


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (1, [1]), (2500, [1000, 1000, 500])])
def test_long_lists_are_sent_in_portions(count: int, sizes: list[int]) -> None:
    assert IN_ONE_STATEMENT == 1000
    assert [len(portion) for portion in portions(range(count))] == sizes
