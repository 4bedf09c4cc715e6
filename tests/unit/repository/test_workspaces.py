from collections.abc import Callable

import pytest

from airdock.repository import (
    ABSENT,
    ConflictError,
    Difference,
    FileInfo,
    InWorkspace,
    Repository,
    RepositoryError,
)
from airdock.repository.bounds import MAX_FILE, MAX_FILES
from airdock.repository.workspaces import Workspaces

FILES = {"a.flow": b"1", "lib/b.py": b"2", "lib/c.py": b""}


@pytest.fixture
def workspaces(repository: Repository) -> Workspaces:
    return repository.workspaces


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(RepositoryError) as caught:
        call()
    return caught.value.code


def test_projects_are_each_users_own(workspaces: Workspaces) -> None:
    workspaces.create("ann", "shop")
    workspaces.create("ann", "bank")
    workspaces.create("Zoë", "shop")
    assert workspaces.projects("ann") == ["bank", "shop"]
    assert workspaces.projects("Zoë") == ["shop"]
    assert workspaces.projects("nobody") == []
    assert workspaces.files("ann", "shop") == []


def test_project_is_made_once(workspaces: Workspaces) -> None:
    workspaces.create("ann", "shop")
    assert code_of(lambda: workspaces.create("ann", "shop")) == "repository.conflict"
    assert code_of(lambda: workspaces.create("ann", "SHOP")) == "repository.name"
    assert workspaces.projects("ann") == ["shop"]


def test_file_is_kept_exactly(workspaces: Workspaces) -> None:
    workspaces.create("ann", "shop")
    content = bytes(range(256)) * 64
    written = workspaces.write("ann", "shop", "größe/smile😀.bin", content)
    read = workspaces.read("ann", "shop", "größe/smile😀.bin")
    assert (read.content, read.etag) == (content, written.etag)
    assert workspaces.files("ann", "shop") == [FileInfo("größe/smile😀.bin", len(content), written.etag)]


def test_same_content_has_the_same_etag_and_another_one_another(workspaces: Workspaces) -> None:
    workspaces.create("ann", "shop")
    first = workspaces.write("ann", "shop", "a.flow", b"1")
    assert workspaces.write("ann", "shop", "a.flow", b"2").etag != first.etag
    assert workspaces.write("ann", "shop", "a.flow", b"1").etag == first.etag


def test_writer_says_what_it_expects(workspaces: Workspaces) -> None:
    workspaces.create("ann", "shop")
    first = workspaces.write("ann", "shop", "a.flow", b"1", expected=ABSENT)
    with pytest.raises(ConflictError) as made_twice:
        workspaces.write("ann", "shop", "a.flow", b"2", expected=ABSENT)
    assert made_twice.value.etag == first.etag
    second = workspaces.write("ann", "shop", "a.flow", b"2", expected=first.etag)
    with pytest.raises(ConflictError) as stale:
        workspaces.delete("ann", "shop", "a.flow", expected=first.etag)
    assert (stale.value.etag, stale.value.code) == (second.etag, "repository.changed")
    workspaces.delete("ann", "shop", "a.flow", expected=second.etag)
    with pytest.raises(ConflictError) as gone:
        workspaces.write("ann", "shop", "a.flow", b"3", expected=second.etag)
    assert gone.value.etag is None
    assert workspaces.files("ann", "shop") == []


def test_what_is_not_there_is_told(workspaces: Workspaces) -> None:
    workspaces.create("ann", "shop")
    calls: list[Callable[[], object]] = [
        lambda: workspaces.files("ann", "bank"),
        lambda: workspaces.base("bob", "shop"),
        lambda: workspaces.read("ann", "shop", "a.flow"),
        lambda: workspaces.read("ann", "bank", "a.flow"),
        lambda: workspaces.write("ann", "bank", "a.flow", b""),
        lambda: workspaces.delete("ann", "shop", "a.flow"),
        lambda: workspaces.move("ann", "shop", "a.flow", "b.flow"),
        lambda: workspaces.checkout("ann", "shop"),
        lambda: workspaces.checkout("ann", "shop", 1),
        lambda: workspaces.checkout("ann", "shop", 10**30),
        lambda: workspaces.replace("ann", "shop", FILES, 3),
        lambda: workspaces.drop("ann", "bank"),
    ]
    assert [code_of(call) for call in calls] == ["repository.notFound"] * len(calls)
    assert workspaces.files("ann", "shop") == []


def test_names_that_none_can_have_are_refused_everywhere(workspaces: Workspaces) -> None:
    workspaces.create("ann", "shop")
    calls: list[Callable[[], object]] = [
        lambda: workspaces.projects("a\0"),
        lambda: workspaces.files("a\ud800", "shop"),
        lambda: workspaces.files("ann", "s\0"),
        lambda: workspaces.read("ann", "shop", "../etc"),
        lambda: workspaces.write("ann", "shop", "a\0", b""),
        lambda: workspaces.move("ann", "shop", "a", "../b"),
        lambda: workspaces.replace("ann", "shop", {"a\\b": b""}, None),
        lambda: workspaces.create("ann", "sh/op"),
    ]
    assert [code_of(call) for call in calls] == ["repository.name"] * len(calls)


def test_paths_that_collide_are_refused(workspaces: Workspaces) -> None:
    workspaces.replace("ann", "shop", FILES, None)
    for path in ("A.flow", "a.flow/x", "lib", "LIB/x.py"):
        assert code_of(lambda path=path: workspaces.write("ann", "shop", path, b"")) == "repository.name"  # type: ignore[misc]
    assert code_of(lambda: workspaces.replace("ann", "shop", {"a": b"", "A": b""}, None)) == "repository.name"


def test_project_has_bounds(workspaces: Workspaces) -> None:
    workspaces.create("ann", "shop")
    workspaces.write("ann", "shop", "large", b"x" * MAX_FILE)
    assert code_of(lambda: workspaces.write("ann", "shop", "larger", b"x" * (MAX_FILE + 1))) == "repository.tooLarge"
    many = {f"{number}.flow": b"" for number in range(MAX_FILES)}
    workspaces.replace("ann", "shop", many, None)
    assert code_of(lambda: workspaces.write("ann", "shop", "one more", b"")) == "repository.tooLarge"
    workspaces.write("ann", "shop", "1.flow", b"changed")
    full = {f"{number}": bytes(MAX_FILE) for number in range(16)}
    workspaces.replace("ann", "shop", full, None)
    assert code_of(lambda: workspaces.write("ann", "shop", "one more", b"1")) == "repository.tooLarge"


def test_file_and_folder_are_moved(repository: Repository, workspaces: Workspaces) -> None:
    workspaces.replace("ann", "shop", FILES, None)
    workspaces.move("ann", "shop", "a.flow", "A.flow")
    workspaces.move("ann", "shop", "lib", "src/lib")
    moved = {"A.flow": b"1", "src/lib/b.py": b"2", "src/lib/c.py": b""}
    assert repository.contents(InWorkspace("ann", "shop")) == moved
    workspaces.move("ann", "shop", "src/lib/c.py", "src/lib/c.py")
    assert code_of(lambda: workspaces.move("ann", "shop", "A.flow", "src/lib/b.py")) == "repository.conflict"
    assert code_of(lambda: workspaces.move("ann", "shop", "A.flow", "src/lib")) == "repository.name"
    assert repository.contents(InWorkspace("ann", "shop")) == moved


def test_replacing_tells_what_changed_and_sets_the_base(repository: Repository, workspaces: Workspaces) -> None:
    assert workspaces.replace("ann", "shop", FILES, None) == Difference(added=("a.flow", "lib/b.py", "lib/c.py"))
    repository.registry.publish("shop", "ann", "")
    assert workspaces.base("ann", "shop") == 1
    difference = workspaces.replace("ann", "shop", {"a.flow": b"new", "d": b""}, 1)
    assert difference == Difference(added=("d",), changed=("a.flow",), removed=("lib/b.py", "lib/c.py"))
    assert workspaces.base("ann", "shop") == 1
    workspaces.replace("ann", "shop", FILES, None)
    assert workspaces.base("ann", "shop") is None


def test_release_is_checked_out(repository: Repository, workspaces: Workspaces) -> None:
    repository.registry.publish_files("shop", FILES, "ann", "")
    repository.registry.publish_files("shop", {"a.flow": b"later"}, "ann", "", base=1)
    workspaces.checkout("bob", "shop")
    assert repository.contents(InWorkspace("bob", "shop")) == {"a.flow": b"later"}
    assert workspaces.base("bob", "shop") == 2
    assert workspaces.checkout("bob", "shop", 1).added == ("lib/b.py", "lib/c.py")
    assert workspaces.base("bob", "shop") == 1


def test_list_tells_how_drafts_stand_to_their_bases(repository: Repository, workspaces: Workspaces) -> None:
    repository.registry.publish_files("shop", FILES, "ann", "")
    workspaces.checkout("bob", "shop")
    workspaces.create("bob", "bank")
    shop = workspaces.drafts("bob")[1]
    assert [(draft.project, draft.base, draft.changed) for draft in workspaces.drafts("bob")] == [
        ("bank", None, True),
        ("shop", 1, False),
    ]
    workspaces.write("bob", "shop", "a.flow", b"changed")
    written = workspaces.drafts("bob")[1]
    assert written.changed
    assert written.saved >= shop.saved
    workspaces.write("bob", "shop", "a.flow", b"1")
    assert not workspaces.drafts("bob")[1].changed


def test_dropped_draft_is_gone_with_its_files(workspaces: Workspaces) -> None:
    workspaces.replace("ann", "shop", FILES, None)
    workspaces.replace("bob", "shop", FILES, None)
    workspaces.drop("ann", "shop")
    assert workspaces.projects("ann") == []
    workspaces.create("ann", "shop")
    assert workspaces.files("ann", "shop") == []
    assert len(workspaces.files("bob", "shop")) == 3
