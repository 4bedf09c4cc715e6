import pytest

from airdock.database import Database, changes_since
from airdock.errors import Problem
from airdock.repository import Difference, InSandbox, Repository, RepositoryError

FILES = {"a.flow": b"1", "b.flow": b"2"}


def test_activation_copies_the_draft(repository: Repository) -> None:
    workspaces, sandboxes = repository.workspaces, repository.sandboxes
    workspaces.replace("ann", "shop", FILES, None)
    assert sandboxes.activate("shop", "ann") == Difference(added=("a.flow", "b.flow"))
    workspaces.write("ann", "shop", "a.flow", b"later")
    assert repository.contents(InSandbox("ann", "shop")) == FILES
    assert sandboxes.activate("shop", "ann") == Difference(changed=("a.flow",))
    assert sandboxes.users() == ["ann"]
    assert sandboxes.projects("ann") == ["shop"]
    assert sandboxes.projects("bob") == []


def test_activation_of_what_is_active_tells_nobody(repository: Repository, database: Database) -> None:
    repository.workspaces.replace("ann", "shop", FILES, None)
    repository.sandboxes.activate("shop", "ann")
    cursor, _, _ = repository.snapshot()
    since = repository.sandboxes.activations("ann")
    assert not repository.sandboxes.activate("shop", "ann")
    assert repository.sandboxes.activations("ann") == since
    with database.reading() as connection:
        assert changes_since(connection, cursor) == []


def test_problems_leave_the_sandbox_as_it_was(repository: Repository) -> None:
    repository.workspaces.replace("ann", "shop", FILES, None)
    repository.sandboxes.activate("shop", "ann")
    repository.workspaces.write("ann", "shop", "a.flow", b"broken")
    seen: list[object] = []

    def check(files: object) -> list[Problem]:
        seen.append(files)
        return [Problem("descriptor.syntax", "broken"), Problem("descriptor.type", "wrong")]

    with pytest.raises(RepositoryError, match="2 problems: broken") as caught:
        repository.sandboxes.activate("shop", "ann", check=check)
    assert [problem.code for problem in caught.value.problems] == ["descriptor.syntax", "descriptor.type"]
    assert seen == [{**FILES, "a.flow": b"broken"}]
    assert repository.contents(InSandbox("ann", "shop")) == FILES


def test_draft_that_changes_during_the_check_is_checked_again(repository: Repository) -> None:
    workspaces = repository.workspaces
    workspaces.replace("ann", "shop", FILES, None)
    checked: list[bytes] = []

    def check(files: object) -> list[Problem]:
        checked.append(dict(files)["a.flow"])  # type: ignore[call-overload]
        if len(checked) == 1:
            workspaces.write("ann", "shop", "a.flow", b"meanwhile")
        return []

    repository.sandboxes.activate("shop", "ann", check=check)
    assert checked == [b"1", b"meanwhile"]
    assert repository.contents(InSandbox("ann", "shop"))["a.flow"] == b"meanwhile"


def test_draft_that_changes_all_the_time_is_refused(repository: Repository) -> None:
    workspaces = repository.workspaces
    workspaces.replace("ann", "shop", FILES, None)
    times = iter(range(100))

    def check(_: object) -> list[Problem]:
        workspaces.write("ann", "shop", "a.flow", str(next(times)).encode())
        return []

    with pytest.raises(RepositoryError, match="try again") as caught:
        repository.sandboxes.activate("shop", "ann", check=check)
    assert caught.value.code == "repository.conflict"
    assert repository.sandboxes.users() == []


def test_deactivation_ends_it_once(repository: Repository) -> None:
    repository.workspaces.replace("ann", "shop", FILES, None)
    repository.sandboxes.activate("shop", "ann")
    repository.sandboxes.deactivate("shop", "ann")
    with pytest.raises(RepositoryError) as caught:
        repository.sandboxes.deactivate("shop", "ann")
    assert caught.value.code == "repository.notFound"
    with pytest.raises(RepositoryError):
        repository.files(InSandbox("ann", "shop"))
    assert repository.sandboxes.users() == []
    assert repository.workspaces.projects("ann") == ["shop"]
