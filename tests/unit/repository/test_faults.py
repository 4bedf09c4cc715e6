"""What a killed program, a full disk and a lost connection leave behind."""

import random
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from airdock.database import Database, DatabaseError
from airdock.errors import Problem
from airdock.repository import InRegistry, InSandbox, InWorkspace, Repository, RepositoryError
from tests.conftest import ROOT
from tests.databases import postgresql_database
from tests.unit.repository.publishing import files_of

FILES = {"a.flow": b"1", "b.flow": b"2"}


@pytest.mark.slow
def test_killed_publisher_leaves_the_old_release_or_the_next_one(database: Database, repository: Repository) -> None:
    moments = random.Random(3)
    published = 0
    for _ in range(8):
        published = max(published, publish_and_kill(database, moments.uniform(0, 0.1)))
        current = repository.registry.current("shop")
        assert current in (published, published + 1)
        assert repository.contents(InRegistry("shop")) == files_of(current)
        history = repository.registry.history("shop", 10_000)
        assert [(each.number, each.message) for each in history] == [(n, str(n)) for n in range(current, 0, -1)]
        assert repository.contents(InSandbox("ann", "shop")) in (files_of(current), files_of(current + 1))
        base = repository.workspaces.base("ann", "shop")
        assert base in (current - 1 or None, current)
        assert repository.contents(InWorkspace("ann", "shop")) in (files_of(current), files_of(current + 1))
        assert repository.snapshot().registry["shop"].release == current


def publish_and_kill(database: Database, after: float) -> int:
    """Runs a publisher, kills it some seconds after its second release, and returns the last that it told of."""
    url = database.url.render_as_string(hide_password=False) if database.url is not None else ""
    command = [sys.executable, "-m", "tests.unit.repository.publishing", str(database.home), url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as publisher:
        assert publisher.stdout is not None
        told = [publisher.stdout.readline() for _ in range(2)]
        with pytest.raises(subprocess.TimeoutExpired):
            publisher.wait(after)
        publisher.kill()
        told += publisher.stdout.readlines()
    return int([line for line in told if line.endswith("\n")][-1])


def test_full_disk_changes_nothing_and_is_got_over(tmp_path: Path) -> None:
    database = Database(tmp_path)
    database.open()
    repository = Repository(database)
    repository.registry.publish_files("shop", FILES, "ann", "")
    repository.workspaces.checkout("ann", "shop")
    before = repository.snapshot()
    large = {f"{number}": random.Random(number).randbytes(100_000) for number in range(20)}
    limit(database, 60)
    for call in (
        lambda: repository.registry.publish_files("shop", large, "ann", "", base=1),
        lambda: repository.workspaces.replace("ann", "shop", large, 1),
    ):
        with pytest.raises(DatabaseError) as caught:
            call()
        assert caught.value.code == "database.full"
    assert repository.snapshot() == before
    assert repository.contents(InRegistry("shop")) == repository.contents(InWorkspace("ann", "shop")) == FILES
    limit(database, 1_000_000)
    assert repository.registry.publish_files("shop", large, "ann", "", base=1).release == 2
    assert repository.contents(InRegistry("shop")) == large
    database.close()


def limit(database: Database, pages: int) -> None:
    """Bounds the size of the file; calls one after the other use the same connection."""
    with database.writing() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")


def test_lost_connection_is_told_at_most_once(tmp_path: Path) -> None:
    with postgresql_database() as url:
        database, other = Database(tmp_path, url), Database(tmp_path, url)
        database.open()
        repository = Repository(database)
        repository.registry.publish_files("shop", FILES, "ann", "")

        def lose(_: object) -> list[Problem]:
            lose_connections(other)
            return []

        def lose_within_a_transaction() -> None:
            with database.writing() as connection:
                lose_connections(other)
                connection.execute(text("SELECT 1"))

        assert repository.registry.publish_files("shop", {"a": b"2"}, "ann", "", base=1, check=lose).release == 2
        with pytest.raises(DatabaseError) as caught:
            lose_within_a_transaction()
        assert caught.value.code == "database.unavailable"
        assert repository.registry.publish_files("shop", {"a": b"3"}, "ann", "", base=2).release == 3
        database.close()
        other.close()


def lose_connections(other: Database) -> None:
    """Ends every connection to the database but the one that asks."""
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    with other.writing() as connection:
        connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))


def test_content_that_was_altered_in_the_database_is_told(repository: Repository, database: Database) -> None:
    repository.registry.publish_files("shop", {"a": b"x" * 1000, "b": b"short"}, "ann", "")
    for value in ("x'00'", "x'789c'") if database.dialect == "sqlite" else (r"'\x00'", r"'\x789c'"):
        with database.writing() as connection:
            connection.execute(text(f"UPDATE repository_blobs SET content = {value}"))
        for path in ("a", "b"):
            with pytest.raises(RepositoryError) as caught:
                repository.read(InRegistry("shop"), path)
            assert caught.value.code == "repository.damaged"
