import pytest

from airdock.database import Database, changes_since
from airdock.errors import Problem
from airdock.repository import (
    ABSENT,
    ConflictError,
    Difference,
    InRegistry,
    InSandbox,
    InWorkspace,
    Published,
    Repository,
    RepositoryError,
    StaleBaseError,
)

FILES = {"hello.flow": b'{"steps": []}', "lib/prices.py": b"PRICE = 1\n"}


def test_draft_is_written_activated_and_published(repository: Repository) -> None:
    workspaces, registry = repository.workspaces, repository.registry
    workspaces.create("ann", "shop")
    written = workspaces.write("ann", "shop", "hello.flow", b"one", expected=ABSENT)
    assert workspaces.read("ann", "shop", "hello.flow").content == b"one"
    assert workspaces.files("ann", "shop") == [written]
    assert repository.sandboxes.activate("shop", "ann") == Difference(added=("hello.flow",))
    assert registry.publish("shop", "ann", "First") == Published(1, True, Difference(added=("hello.flow",)))
    assert workspaces.base("ann", "shop") == 1
    assert registry.current("shop") == 1
    for side in (InWorkspace("ann", "shop"), InSandbox("ann", "shop"), InRegistry("shop"), InRegistry("shop", 1)):
        assert repository.contents(side) == {"hello.flow": b"one"}


def test_snapshot_has_what_is_served_and_its_place_in_the_changes(repository: Repository, database: Database) -> None:
    repository.registry.publish_files("shop", FILES, "ann", "First")
    repository.workspaces.checkout("bob", "shop")
    repository.sandboxes.activate("shop", "bob")
    taken = repository.snapshot()
    assert taken.registry.keys() == {"shop"}
    assert taken.registry["shop"].release == 1
    assert taken.sandboxes == {("bob", "shop"): taken.registry["shop"].files}
    blobs = repository.blobs(taken.registry["shop"].files.values())
    assert {path: blobs[id] for path, id in taken.registry["shop"].files.items()} == FILES
    repository.registry.unpublish("shop", "ann", "")
    repository.sandboxes.deactivate("shop", "bob")
    with database.reading() as connection:
        changes = changes_since(connection, taken.cursor)
    assert changes is not None
    assert [(change.topic, change.name) for change in changes] == [("registry", "shop"), ("sandbox", "bob/shop")]
    assert repository.snapshot()[1:] == ({}, {})


def test_stale_base_is_refused_with_the_difference(repository: Repository) -> None:
    repository.registry.publish_files("shop", FILES, "ann", "First")
    repository.workspaces.checkout("bob", "shop")
    repository.registry.publish_files("shop", {**FILES, "new.flow": b"{}"}, "ann", "Second", base=1)
    repository.workspaces.write("bob", "shop", "hello.flow", b"bob's")
    with pytest.raises(StaleBaseError) as caught:
        repository.registry.publish("shop", "bob", "Mine")
    assert caught.value.release == 2
    assert caught.value.difference == Difference(added=("new.flow",))


def test_writer_with_an_old_etag_is_told_the_current_one(repository: Repository) -> None:
    repository.workspaces.create("ann", "shop")
    first = repository.workspaces.write("ann", "shop", "a.flow", b"1")
    second = repository.workspaces.write("ann", "shop", "a.flow", b"2", expected=first.etag)
    with pytest.raises(ConflictError) as caught:
        repository.workspaces.write("ann", "shop", "a.flow", b"3", expected=first.etag)
    assert caught.value.etag == second.etag


def test_problems_refuse_a_publication(repository: Repository) -> None:
    problem = Problem("descriptor.syntax", "it is broken")
    with pytest.raises(RepositoryError) as caught:
        repository.registry.publish_files("shop", FILES, "ann", "", check=lambda _: [problem])
    assert (caught.value.code, caught.value.problems) == ("repository.invalid", [problem])
    assert repository.registry.newest_releases() == {}
