import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from airdock.database import Database, changes_since
from airdock.errors import Problem
from airdock.repository import (
    Difference,
    InRegistry,
    InWorkspace,
    Published,
    Release,
    Repository,
    RepositoryError,
    StaleBaseError,
)
from airdock.repository.bounds import MAX_MESSAGE
from airdock.repository.registry import Registry

FILES = {"a.flow": b"1", "lib/b.py": b"2"}
LATER = {"a.flow": b"changed", "c.flow": b"3"}


@pytest.fixture
def registry(repository: Repository) -> Registry:
    return repository.registry


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(RepositoryError) as caught:
        call()
    return caught.value.code


def test_release_tells_its_story(registry: Registry) -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    published = registry.publish_files("shop", FILES, "ann", "Erste 🚀\nwith more", revision="3f2a1c")
    assert published == Published(1, True, Difference(added=("a.flow", "lib/b.py")))
    release = registry.release("shop", 1)
    assert before <= release.at <= datetime.now(UTC)
    assert release == Release("shop", 1, "publish", "ann", release.at, "Erste 🚀\nwith more", "3f2a1c")
    assert registry.current_releases() == {"shop": release}
    assert registry.projects() == ["shop"]


def test_what_was_published_never_changes(repository: Repository, registry: Registry) -> None:
    registry.publish_files("shop", FILES, "ann", "")
    assert registry.publish_files("shop", LATER, "bob", "", base=1).difference == Difference(
        added=("c.flow",), changed=("a.flow",), removed=("lib/b.py",)
    )
    assert repository.contents(InRegistry("shop", 1)) == FILES
    assert repository.contents(InRegistry("shop", 2)) == repository.contents(InRegistry("shop")) == LATER
    assert repository.read(InRegistry("shop", 1), "a.flow").content == b"1"


def test_publishing_the_same_again_changes_nothing(
    repository: Repository, registry: Registry, database: Database
) -> None:
    registry.publish_files("shop", FILES, "ann", "")
    registry.publish_files("shop", LATER, "ann", "", base=1)
    cursor, *_ = repository.snapshot()
    for base in (None, 1, 2):
        assert registry.publish_files("shop", LATER, "ci", "Again", base=base) == Published(2, False, Difference())
    assert [release.number for release in registry.history("shop")] == [2, 1]
    with database.reading() as connection:
        assert changes_since(connection, cursor) == []


def test_base_of_a_draft_is_what_it_published(repository: Repository, registry: Registry) -> None:
    repository.workspaces.replace("ann", "shop", FILES, None)
    for number in (1, 2, 3):
        repository.workspaces.write("ann", "shop", "a.flow", str(number * 10).encode())
        assert registry.publish("shop", "ann", "").release == number
        assert repository.workspaces.base("ann", "shop") == number


def test_draft_without_changes_takes_the_current_base(repository: Repository, registry: Registry) -> None:
    registry.publish_files("shop", FILES, "ann", "")
    registry.publish_files("shop", LATER, "ann", "", base=1)
    repository.workspaces.replace("bob", "shop", LATER, 1)
    assert registry.publish("shop", "bob", "") == Published(2, False, Difference())
    assert repository.workspaces.base("bob", "shop") == 2


def test_publisher_with_a_stale_base_merges(repository: Repository, registry: Registry) -> None:
    registry.publish_files("shop", FILES, "ann", "")
    repository.workspaces.checkout("bob", "shop")
    repository.workspaces.write("bob", "shop", "lib/b.py", b"bob's")
    registry.publish_files("shop", {**FILES, "a.flow": b"ann's"}, "ann", "", base=1)
    with pytest.raises(StaleBaseError, match="release 1") as caught:
        registry.publish("shop", "bob", "")
    assert (caught.value.code, caught.value.release) == ("repository.stale", 2)
    assert caught.value.difference == Difference(changed=("a.flow",))
    assert repository.workspaces.base("bob", "shop") == 1
    repository.workspaces.write("bob", "shop", "a.flow", b"ann's")
    assert registry.publish("shop", "bob", "Both", base=2).release == 3
    assert repository.contents(InRegistry("shop")) == {"a.flow": b"ann's", "lib/b.py": b"bob's"}


def test_base_that_is_not_known_is_refused_once_there_is_a_release(repository: Repository, registry: Registry) -> None:
    registry.publish_files("shop", FILES, "ann", "")
    with pytest.raises(StaleBaseError, match="not known") as caught:
        registry.publish_files("shop", LATER, "bob", "")
    assert caught.value.difference == Difference(added=("lib/b.py",), changed=("a.flow",), removed=("c.flow",))
    repository.workspaces.replace("bob", "shop", LATER, None)
    with pytest.raises(StaleBaseError):
        registry.publish("shop", "bob", "")


@pytest.mark.parametrize("base", [0, -1, 2, 10**30])
def test_base_that_does_not_exist_is_not_found(registry: Registry, base: int) -> None:
    assert code_of(lambda: registry.publish_files("bank", FILES, "ann", "", base=base or 1)) == "repository.notFound"
    registry.publish_files("shop", FILES, "ann", "")
    assert code_of(lambda: registry.publish_files("shop", LATER, "ann", "", base=base)) == "repository.notFound"


def test_check_sees_everything_and_refuses_everything(repository: Repository, registry: Registry) -> None:
    problem = Problem("descriptor.syntax", "broken")
    seen: list[Mapping[str, bytes]] = []

    def check(files: Mapping[str, bytes]) -> list[Problem]:
        seen.append(files)
        return [problem] if files["a.flow"] == b"changed" else []

    repository.workspaces.replace("ann", "shop", FILES, None)
    registry.publish("shop", "ann", "", check=check)
    before = repository.snapshot()
    repository.workspaces.replace("ann", "shop", LATER, 1)
    calls: list[Callable[[], object]] = [
        lambda: registry.publish("shop", "ann", "", check=check),
        lambda: registry.publish_files("shop", LATER, "ann", "", base=1, check=check),
    ]
    for call in calls:
        with pytest.raises(RepositoryError) as caught:
            call()
        assert (caught.value.code, caught.value.problems) == ("repository.invalid", [problem])
    assert seen == [FILES, LATER, LATER]
    assert repository.snapshot() == before
    assert repository.workspaces.base("ann", "shop") == 1


def test_stale_base_is_told_before_the_check(registry: Registry) -> None:
    registry.publish_files("shop", FILES, "ann", "")
    checked: list[object] = []

    def check(files: object) -> list[Problem]:
        checked.append(files)
        return []

    with pytest.raises(StaleBaseError):
        registry.publish_files("shop", LATER, "bob", "", check=check)
    assert checked == []


def test_project_without_files_is_not_published(repository: Repository, registry: Registry) -> None:
    repository.workspaces.create("ann", "shop")
    assert code_of(lambda: registry.publish("shop", "ann", "")) == "repository.invalid"
    assert code_of(lambda: registry.publish_files("shop", {}, "ann", "")) == "repository.invalid"
    assert registry.newest_releases() == {}


def test_rollback_makes_a_release_of_old_content(repository: Repository, registry: Registry) -> None:
    registry.publish_files("shop", FILES, "ann", "")
    registry.publish_files("shop", LATER, "ann", "", base=1)
    assert registry.rollback("shop", 1, "bob", "Back").release == 3
    release = registry.release("shop", 3)
    assert (release.kind, release.source, release.user, release.message) == ("rollback", 1, "bob", "Back")
    assert repository.contents(InRegistry("shop")) == FILES
    assert registry.rollback("shop", 1, "bob", "Back") == Published(3, False, Difference())
    assert registry.rollback("shop", 3, "bob", "Back") == Published(3, False, Difference())
    assert code_of(lambda: registry.rollback("shop", 4, "bob", "")) == "repository.notFound"
    assert code_of(lambda: registry.rollback("bank", 1, "bob", "")) == "repository.notFound"
    problem = Problem("descriptor.syntax", "broken")
    assert code_of(lambda: registry.rollback("shop", 2, "bob", "", check=lambda _: [problem])) == "repository.invalid"
    assert registry.current("shop") == 3


def test_unpublished_project_keeps_its_history(repository: Repository, registry: Registry) -> None:
    registry.publish_files("shop", FILES, "ann", "")
    repository.workspaces.checkout("bob", "shop")
    repository.workspaces.write("bob", "shop", "a.flow", b"bob's")
    assert registry.unpublish("shop", "ann", "End") == Published(2, True, Difference(removed=("a.flow", "lib/b.py")))
    assert registry.current("shop") is None
    assert registry.projects() == []
    assert [(each.number, each.kind, each.message) for each in registry.history("shop")] == [
        (2, "unpublish", "End"),
        (1, "publish", ""),
    ]
    assert list(registry.newest_releases()) == ["shop"]
    assert repository.contents(InRegistry("shop", 1)) == FILES
    assert repository.files(InRegistry("shop", 2)) == []
    assert code_of(lambda: repository.files(InRegistry("shop"))) == "repository.notFound"
    assert code_of(lambda: registry.unpublish("shop", "ann", "")) == "repository.notFound"
    assert code_of(lambda: registry.unpublish("bank", "ann", "")) == "repository.notFound"
    assert code_of(lambda: registry.rollback("shop", 2, "ann", "")) == "repository.notFound"
    # Who did not see the end does not undo it without knowing.
    with pytest.raises(StaleBaseError) as caught:
        registry.publish("shop", "bob", "")
    assert caught.value.difference == Difference(removed=("a.flow", "lib/b.py"))
    assert registry.publish("shop", "bob", "", base=2).release == 3
    registry.unpublish("shop", "ann", "")
    assert registry.rollback("shop", 1, "ann", "").release == 5
    assert repository.contents(InRegistry("shop")) == FILES


def test_history_comes_in_pages_the_newest_first(registry: Registry) -> None:
    for number in range(7):
        registry.publish_files("shop", {"a": str(number).encode()}, "ann", "", base=number or None)
    pages, before = [], None
    while page := registry.history("shop", limit=3, before=before):
        pages.append([release.number for release in page])
        before = page[-1].number
    assert pages == [[7, 6, 5], [4, 3, 2], [1]]
    assert len(registry.history("shop", 50, 10**30)) == 7
    assert code_of(lambda: registry.history("bank")) == "repository.notFound"


def test_projects_whose_names_collide_are_refused(registry: Registry) -> None:
    registry.publish_files("shop", FILES, "ann", "")
    assert code_of(lambda: registry.publish_files("Shop", FILES, "ann", "")) == "repository.name"
    assert registry.projects() == ["shop"]


@pytest.mark.parametrize(
    ("message", "revision"), [("x" * (MAX_MESSAGE + 1), ""), ("a\0", ""), ("\ud800", ""), ("", "x" * 201), ("", "\0")]
)
def test_note_that_cannot_be_kept_is_refused(registry: Registry, message: str, revision: str) -> None:
    call = lambda: registry.publish_files("shop", FILES, "ann", message, revision=revision)  # noqa: E731
    assert code_of(call) == "repository.value"
    assert registry.projects() == []


def test_unused_names_are_answered(registry: Registry) -> None:
    assert registry.current("shop") is None
    assert code_of(lambda: registry.release("shop", 1)) == "repository.notFound"
    assert code_of(lambda: registry.current("a/b")) == "repository.name"


@pytest.mark.parametrize("is_first", [True, False])
def test_of_publishers_at_the_same_moment_one_wins(repository: Repository, registry: Registry, is_first: bool) -> None:
    users = [f"user{number}" for number in range(6)]
    base = None if is_first else registry.publish_files("shop", FILES, "ann", "").release
    for user in users:
        repository.workspaces.replace(user, "shop", {"a.flow": user.encode(), "lib/b.py": b"2"}, base)
    ready = threading.Barrier(len(users))
    won: list[str] = []
    stale: list[StaleBaseError] = []

    def check(_: object) -> list[Problem]:
        ready.wait()
        return []

    def run(user: str) -> None:
        try:
            if user in users[::2]:
                registry.publish("shop", user, user, check=check)
            else:
                files = repository.contents(InWorkspace(user, "shop"))
                registry.publish_files("shop", files, user, user, base=base, check=check)
            won.append(user)
        except StaleBaseError as error:
            stale.append(error)

    threads = [threading.Thread(target=run, args=(user,)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    number = 1 if is_first else 2
    assert len(won) == 1
    assert [error.release for error in stale] == [number] * 5
    assert registry.release("shop", number).user == won[0]
    assert registry.current("shop") == number
    assert repository.read(InRegistry("shop"), "a.flow").content == won[0].encode()


def test_publishers_of_different_projects_with_the_same_files_do_not_disturb_each_other(registry: Registry) -> None:
    files = {f"{number}.flow": str(number).encode() for number in range(200)}
    failed: list[BaseException] = []

    def run(project: str, paths: list[str]) -> None:
        try:
            for number in range(5):
                chosen = {path: files[path] + str(number).encode() for path in paths}
                registry.publish_files(project, chosen, "ann", "", base=number or None)
        except BaseException as error:  # noqa: BLE001
            failed.append(error)

    ways = [list(files), list(reversed(files)), list(files)[::2], list(reversed(files))[::3]]
    threads = [threading.Thread(target=run, args=(f"p{at}", way)) for at, way in enumerate(ways)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert {project: release.number for project, release in registry.current_releases().items()} == {
        f"p{at}": 5 for at in range(4)
    }


def test_publication_that_others_need_is_not_ended(repository: Repository) -> None:
    repository.registry.publish_files("shop", {"a.flow": b"{}"}, "ann", "first")
    problem = Problem("descriptor.reference", "there is no 'shop/a.flow'")
    with pytest.raises(RepositoryError) as caught:
        repository.registry.unpublish("shop", "ann", "gone", check=lambda files: [problem] if not files else [])
    assert caught.value.code == "repository.invalid"
    assert repository.registry.current("shop") == 1
