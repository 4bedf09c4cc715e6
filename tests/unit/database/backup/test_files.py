import hashlib
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from airdock.database.backup.errors import BackupError
from airdock.database.backup.files import chunks_of, is_free, replaced, sqlite_copy, told


def test_file_appears_whole_for_its_owner_alone(tmp_path: Path) -> None:
    with replaced(tmp_path / "a") as file:
        file.write(b"whole")
        assert not (tmp_path / "a").exists()
    assert (tmp_path / "a").read_bytes() == b"whole"
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


def _fail(path: Path) -> None:
    with replaced(path) as file:
        file.write(b"half")
        raise ZeroDivisionError


def test_block_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    with pytest.raises(ZeroDivisionError):
        _fail(tmp_path / "a")
    assert (tmp_path / "a").read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


def test_sqlite_file_is_copied_while_it_is_written(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "runs.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE runs (id)")
        connection.execute("INSERT INTO runs VALUES (1)")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO runs VALUES (2)")
        with sqlite_copy(tmp_path / "runs.db", tmp_path / "backup") as copy, closing(sqlite3.connect(copy)) as copied:
            assert copied.execute("SELECT id FROM runs").fetchall() == [(1,)]
            assert stat.S_IMODE(copy.stat().st_mode) == 0o600
        connection.execute("COMMIT")
    assert {each.name for each in tmp_path.iterdir()} == {"runs.db"}


def test_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "runs.db").write_bytes(b"no database" * 1000)
    with pytest.raises(BackupError) as caught, sqlite_copy(tmp_path / "runs.db", tmp_path / "backup"):
        pass
    assert caught.value.code == "backup.file"
    assert [each.name for each in tmp_path.iterdir()] == ["runs.db"]


def test_place_is_free_for_the_same_file_only(tmp_path: Path) -> None:
    path = tmp_path / "runs.db"
    digest = hashlib.sha256(b"same").hexdigest()
    assert is_free(path, digest)
    path.write_bytes(b"same")
    assert is_free(path, digest)
    path.write_bytes(b"other")
    assert not is_free(path, digest)
    path.unlink()
    (tmp_path / "runs.db-wal").write_bytes(b"")
    assert not is_free(path, digest)


def test_what_the_system_says_is_told(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="No such file") as caught, told(tmp_path / "none"):
        list(chunks_of(tmp_path / "none"))
    assert caught.value.code == "backup.file"
