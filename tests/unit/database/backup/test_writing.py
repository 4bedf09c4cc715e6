import os
import stat
import threading
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from airdock.database import Database, DatabaseError, note_change
from airdock.database.backup import BackupError, Manifest, restore_backup, write_backup
from airdock.database.backup import archive as archives
from airdock.database.backup.manifest import entry_of
from airdock.database.backup.selection import SECRET_TABLES
from airdock.database.tables import CHANGES
from tests.unit.database.backup.filling import fill, tables_of


def backup(database: Database, path: Path, **options: object) -> Manifest:
    return write_backup(database, path, **{"sqlite_files": {}, "files": {}, **options})  # type: ignore[arg-type]


def refused(database: Database, path: Path, **options: object) -> str:
    with pytest.raises(BackupError) as caught:
        backup(database, path, **options)
    return caught.value.code


def test_file_is_for_its_owner_alone_and_nothing_else_is_left(home: Database, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    manifest = backup(home, folder / "backup")
    assert stat.S_IMODE((folder / "backup").stat().st_mode) == 0o600
    assert os.listdir(folder) == ["backup"]
    assert manifest.dialect == home.dialect


def test_file_that_is_there_is_replaced_only_by_force(home: Database, tmp_path: Path) -> None:
    (tmp_path / "backup").write_text("precious")
    assert refused(home, tmp_path / "backup") == "backup.exists"
    assert (tmp_path / "backup").read_text() == "precious"
    backup(home, tmp_path / "backup", force=True)
    assert zipfile.is_zipfile(tmp_path / "backup")
    assert refused(home, tmp_path, force=True) == "backup.exists"


def test_folder_that_is_not_there_is_told(home: Database, tmp_path: Path) -> None:
    assert refused(home, tmp_path / "none" / "backup") == "backup.file"


def test_full_disk_is_told_and_leaves_nothing(home: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "backups").mkdir()
    monkeypatch.setattr(os, "fsync", full)
    assert refused(home, tmp_path / "backups" / "backup") == "backup.file"
    assert os.listdir(tmp_path / "backups") == []


def test_home_without_a_database_is_told_and_stays_as_it_is(tmp_path: Path) -> None:
    assert refused(Database(tmp_path / "home"), tmp_path / "backup") == "backup.nothing"
    assert os.listdir(tmp_path) == []


def test_database_of_somebody_else_is_told(target: Database, tmp_path: Path) -> None:
    with target.writing() as connection:
        connection.execute(text("CREATE TABLE other (id INTEGER PRIMARY KEY)"))
    assert refused(target, tmp_path / "backup") == "backup.nothing"


def test_database_of_a_newer_version_is_refused(home: Database, tmp_path: Path) -> None:
    with home.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999_future'"))
    with pytest.raises(DatabaseError) as caught:
        backup(home, tmp_path / "backup")
    assert caught.value.code == "database.newer"
    assert not (tmp_path / "backup").exists()


def test_backup_is_of_one_moment_while_others_write(database: Database, empty: Database, tmp_path: Path) -> None:
    def write() -> None:
        with database.writing() as connection:
            note_change(connection, "registry", "later")
            tables = {each.name: each for each in tables_of(connection)}
            row = {"name": "later", "key_id": "", "nonce": b"", "ciphertext": b"", "changed": 0, "changed_by": ""}
            connection.execute(insert(tables["secrets"].table).values(**row))

    def meanwhile(done: int, whole: int) -> None:
        if not writers:
            writers.append(threading.Thread(target=write))
            writers[0].start()
            writers[0].join()

    fill(database)
    writers: list[threading.Thread] = []
    manifest = backup(database, tmp_path / "backup", progress=meanwhile)
    assert writers
    restore_backup(empty, tmp_path / "backup", files={})
    with zipfile.ZipFile(tmp_path / "backup") as archive:
        for name, info in manifest.tables.items():
            assert archive.read(entry_of(name)).count(b"\n") == info.rows == 3
            assert b"later" not in archive.read(entry_of(name))


def test_progress_ends_with_all_rows(home: Database, tmp_path: Path) -> None:
    fill(home)
    seen: list[tuple[int, int]] = []
    manifest = backup(home, tmp_path / "backup", progress=lambda done, whole: seen.append((done, whole)))
    assert seen[-1] == (manifest.rows, manifest.rows)


def test_sessions_are_never_in_it(home: Database, tmp_path: Path) -> None:
    fill(home)
    manifest = backup(home, tmp_path / "backup")
    assert "sessions" not in manifest.tables
    assert {"users", "tokens", "secrets", "audit"} <= set(manifest.tables)


def test_backup_without_secrets_has_none(database: Database, empty: Database, tmp_path: Path) -> None:
    fill(database)
    manifest = backup(database, tmp_path / "backup", secrets=False)
    assert not manifest.secrets
    assert not SECRET_TABLES & set(manifest.tables)
    restore_backup(empty, tmp_path / "backup", files={})
    with empty.reading() as connection:
        assert connection.execute(text("SELECT password FROM users")).scalars().all() == [None] * 3


def test_files_are_taken_along(home: Database, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"k")
    manifest = backup(home, tmp_path / "backup", files={"key": tmp_path / "key", "other": tmp_path / "other"})
    assert "key" in manifest.entries
    assert "other" not in manifest.entries


def test_file_that_changes_meanwhile_is_told(home: Database, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"k")
    fill(home)
    options = {"files": {"key": tmp_path / "key"}, "progress": lambda *_: (tmp_path / "key").write_bytes(b"other")}
    assert refused(home, tmp_path / "backup", **options) == "backup.file"
    assert not (tmp_path / "backup").exists()


def test_large_table_is_read_in_pieces(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with database.writing() as connection:
        rows = [{"topic": "registry", "name": str(number), "at": 0.0} for number in range(2500)]
        connection.execute(insert(CHANGES), rows)
    sizes: list[int] = []
    add = archives.ArchiveWriter.add

    def spy(self: archives.ArchiveWriter, name: str, chunks: object) -> None:
        pieces = list(chunks)  # type: ignore[call-overload]
        sizes.extend(piece.count(b"\n") for piece in pieces)
        add(self, name, iter(pieces))

    monkeypatch.setattr(archives.ArchiveWriter, "add", spy)
    assert backup(database, tmp_path / "backup").tables["changes"].rows == 2500
    assert max(sizes) == 1000
