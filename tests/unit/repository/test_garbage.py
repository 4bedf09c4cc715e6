import threading

from sqlalchemy import func, select

from airdock.database import Database
from airdock.repository import InRegistry, InSandbox, InWorkspace, Repository
from airdock.repository.tables import BLOBS, MANIFESTS


def stored(database: Database) -> tuple[int, int]:
    """How many blobs and manifests there are."""
    with database.reading() as connection:
        blobs, manifests = (
            connection.execute(select(func.count()).select_from(t)).scalar_one() for t in (BLOBS, MANIFESTS)
        )
    return blobs, manifests


def test_content_is_stored_once(repository: Repository, database: Database) -> None:
    files = {f"{number}.flow": b"the same" for number in range(50)}
    repository.registry.publish_files("shop", files, "ann", "")
    repository.registry.publish_files("bank", files, "ann", "")
    repository.workspaces.checkout("bob", "shop")
    repository.sandboxes.activate("shop", "bob")
    assert stored(database) == (1, 1)
    repository.registry.publish_files("shop", {**files, "new": b"another"}, "ann", "", base=1)
    assert stored(database) == (2, 2)


def test_what_is_not_used_goes_and_nothing_else(repository: Repository, database: Database) -> None:
    workspaces = repository.workspaces
    repository.registry.publish_files("shop", {"a": b"released", "b": b"released too"}, "ann", "")
    repository.registry.publish_files("shop", {"a": b"later"}, "ann", "", base=1)
    repository.registry.unpublish("shop", "ann", "")
    workspaces.replace("ann", "bank", {"a": b"first"}, None)
    repository.sandboxes.activate("bank", "ann")
    for content in (b"second", b"third"):
        workspaces.write("ann", "bank", "a", content)
        repository.sandboxes.activate("bank", "ann")
    workspaces.write("ann", "bank", "a", b"fourth")
    workspaces.replace("bob", "gone", {"a": b"gone"}, None)
    workspaces.drop("bob", "gone")
    assert repository.collect_garbage(keep=0) == 5
    assert repository.collect_garbage(keep=0) == 0
    assert stored(database) == (5, 3)
    assert repository.contents(InRegistry("shop", 1)) == {"a": b"released", "b": b"released too"}
    assert repository.contents(InRegistry("shop", 2)) == {"a": b"later"}
    assert repository.contents(InSandbox("ann", "bank")) == {"a": b"third"}
    assert repository.contents(InWorkspace("ann", "bank")) == {"a": b"fourth"}


def test_what_was_found_unused_stays_a_while(repository: Repository) -> None:
    repository.workspaces.replace("ann", "shop", {"a": b"1"}, None)
    repository.sandboxes.activate("shop", "ann")
    snapshot = repository.snapshot()
    repository.sandboxes.deactivate("shop", "ann")
    repository.workspaces.drop("ann", "shop")
    assert [repository.collect_garbage(keep=3600) for _ in range(3)] == [0, 0, 0]
    ids = snapshot.sandboxes["ann", "shop"].values()
    assert list(repository.blobs(ids).values()) == [b"1"]
    assert repository.collect_garbage(keep=0) == 2


def test_what_is_used_again_is_as_new(repository: Repository) -> None:
    workspaces = repository.workspaces
    workspaces.replace("ann", "shop", {"a": b"1"}, None)
    workspaces.write("ann", "shop", "a", b"2")
    repository.collect_garbage(keep=3600)
    workspaces.write("ann", "shop", "a", b"1")
    workspaces.write("ann", "shop", "a", b"3")
    assert repository.collect_garbage(keep=1e-9) == 0, "the first content was marked before it was used again"
    assert repository.collect_garbage(keep=0) == 2


def test_collecting_beside_publishers_loses_nothing(repository: Repository) -> None:
    ended = threading.Event()
    failed: list[BaseException] = []

    def collect() -> None:
        try:
            while not ended.wait(0.005):
                repository.collect_garbage(keep=0)
        except BaseException as error:  # noqa: BLE001
            failed.append(error)

    def publish(project: str) -> None:
        try:
            for number in range(15):
                # The content of the round before last is garbage by now, and comes back.
                repository.workspaces.replace("ann", project, {"a": str(number % 3).encode(), project: b""}, None)
                repository.sandboxes.activate(project, "ann")
                files = {"a": str(number).encode()}
                repository.registry.publish_files(project, files, "ann", "", base=number or None)
        except BaseException as error:  # noqa: BLE001
            failed.append(error)

    collector = threading.Thread(target=collect)
    publishers = [threading.Thread(target=publish, args=(project,)) for project in ("one", "two")]
    for thread in (collector, *publishers):
        thread.start()
    for thread in publishers:
        thread.join()
    ended.set()
    collector.join()
    assert failed == []
    for project in ("one", "two"):
        assert repository.contents(InSandbox("ann", project)) == {"a": b"2", project: b""}
        for number in range(1, 16):
            assert repository.contents(InRegistry(project, number)) == {"a": str(number - 1).encode()}
