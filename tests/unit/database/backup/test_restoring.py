import hashlib
import os
import signal
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from airdock.database import Database, note_change
from airdock.database.backup import BackupError, restore_backup, write_backup
from airdock.database.backup.selection import TRANSIENT
from airdock.database.schema import head, migrate, revision_of, revisions
from tests.unit.database.backup.filling import content_of, counters_of, fill

OLD = revisions()[1]


def write(database: Database, path: Path, **files: Path) -> Path:
    write_backup(database, path, sqlite_files={}, files=files)
    return path


def refused(database: Database, path: Path, **files: Path) -> BackupError:
    with pytest.raises(BackupError) as caught:
        restore_backup(database, path, files=files)
    return caught.value


def change(path: Path, table: str, line: bytes, **info: Any) -> Path:
    """The backup with another row in a table, as if it had been written so."""
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    document = msgspec.json.decode(entries["manifest.json"])
    name = f"tables/{table}.ndjson"
    entries[name] += line
    document["entries"][name] = {"size": len(entries[name]), "sha256": hashlib.sha256(entries[name]).hexdigest()}
    document["tables"][table] |= info
    entries["manifest.json"] = msgspec.json.encode(document)
    with zipfile.ZipFile(path.with_name("changed"), "w") as archive:
        for each, content in entries.items():
            archive.writestr(each, content)
    return path.with_name("changed")


def is_empty(database: Database) -> bool:
    with database.writing() as connection:
        if revision_of(connection) is None:
            return True
    return not any(content_of(database).values())


def test_everything_comes_back_in_either_kind_of_database(database: Database, target: Database, tmp_path: Path) -> None:
    fill(database)
    before = content_of(database)
    written = write_backup(database, tmp_path / "backup", sqlite_files={}, files={})
    restored = restore_backup(target, tmp_path / "backup", files={})
    assert restored == written
    assert content_of(target) == {name: [] if name in TRANSIENT else rows for name, rows in before.items()}
    assert content_of(database) == before


def test_numbers_are_not_given_again(home: Database, target: Database, tmp_path: Path) -> None:
    with home.writing() as connection:
        for _ in range(5):
            note_change(connection, "registry", "shop")
        connection.execute(text("DELETE FROM changes WHERE id > 3"))
    restore_backup(target, write(home, tmp_path / "backup"), files={})
    assert counters_of(target)["changes"] == 5
    with target.writing() as connection:
        note_change(connection, "registry", "shop")
        assert connection.execute(text("SELECT max(id) FROM changes")).scalar() == 6


def test_database_that_was_opened_and_not_used_is_empty(home: Database, target: Database, tmp_path: Path) -> None:
    fill(home)
    target.open()
    with target.writing() as connection:
        note_change(connection, "registry", "shop")
    restore_backup(target, write(home, tmp_path / "backup"), files={})
    assert len(content_of(target)["changes"]) == 3


def test_database_that_is_used_is_refused_and_stays(home: Database, target: Database, tmp_path: Path) -> None:
    fill(home)
    path = write(home, tmp_path / "backup")
    restore_backup(target, path, files={})
    before = content_of(target)
    error = refused(target, path)
    assert error.code == "backup.notEmpty"
    assert "audit" in str(error)
    assert content_of(target) == before


@pytest.mark.parametrize("opened", [False, True])
def test_backup_of_an_earlier_version_is_brought_up_to_date(target: Database, tmp_path: Path, opened: bool) -> None:
    source = Database(tmp_path / "source")
    with source.writing() as connection:
        migrate(connection, "source", OLD)
    fill(source)
    before = content_of(source)
    path = write(source, tmp_path / "backup")
    source.close()
    if opened:
        target.open()
    assert restore_backup(target, path, files={}).revision == OLD
    with target.reading() as connection:
        assert revision_of(connection) == head()
    after = content_of(target)
    assert {name: after[name] for name in before} == before


def test_tables_of_others_stay(home: Database, target: Database, tmp_path: Path) -> None:
    for each in (home, target):
        with each.writing() as connection:
            connection.execute(text("CREATE TABLE other (id INTEGER PRIMARY KEY)"))
            connection.execute(text("INSERT INTO other VALUES (7)"))
    restore_backup(target, write(home, tmp_path / "backup"), files={})
    with target.reading() as connection:
        assert connection.execute(text("SELECT id FROM other")).scalars().all() == [7]


@pytest.mark.parametrize(
    ("line", "info"),
    [
        (b"no json\n", {"rows": 1}),
        (b"[1]\n", {"rows": 1}),
        (b'["1","registry","shop",0]\n', {"rows": 1}),
        (b'[1,"registry","shop",0]\n', {"rows": 2}),
        (b'[1,"registry","shop",0]\n', {"rows": 1, "columns": {"id": "integer", "name": "text"}}),
    ],
)
def test_rows_that_do_not_fit_are_refused(home: Database, tmp_path: Path, line: bytes, info: dict[str, Any]) -> None:
    path = change(write(home, tmp_path / "backup"), "changes", line, **info)
    target = Database(tmp_path / "other")
    assert refused(target, path).code == "backup.damaged"
    assert is_empty(target)
    target.close()


def test_backup_larger_than_the_disk_is_refused(
    home: Database, empty: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 10}))
    fill(home)
    assert refused(empty, write(home, tmp_path / "backup")).code == "backup.file"


def test_files_are_placed_for_their_owner_alone(home: Database, empty: Database, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"k")
    path = write(home, tmp_path / "backup", key=tmp_path / "key")
    place = tmp_path / "new" / "key"
    restore_backup(empty, path, files={"key": place, "runs.db": tmp_path / "new" / "runs.db"})
    assert place.read_bytes() == b"k"
    assert place.stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path / "new") == ["key"]


def test_file_that_is_there_is_kept(home: Database, empty: Database, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"k")
    path = write(home, tmp_path / "backup", key=tmp_path / "key")
    (tmp_path / "key").write_bytes(b"other")
    error = refused(empty, path, key=tmp_path / "key")
    assert error.code == "backup.notEmpty"
    assert (tmp_path / "key").read_bytes() == b"other"
    assert is_empty(empty)
    (tmp_path / "key").write_bytes(b"k")
    restore_backup(empty, path, files={"key": tmp_path / "key"})


def test_file_that_cannot_be_placed_undoes_everything(home: Database, empty: Database, tmp_path: Path) -> None:
    fill(home)
    for name in ("a", "b"):
        (tmp_path / name).write_text(name)
    path = write(home, tmp_path / "backup", a=tmp_path / "a", b=tmp_path / "b")
    (tmp_path / "a").unlink()
    places = {"a": tmp_path / "a", "b": tmp_path / "backup" / "b"}
    assert refused(empty, path, **places).code == "backup.file"
    assert not (tmp_path / "a").exists()
    assert is_empty(empty)
    restore_backup(empty, path, files={"a": tmp_path / "a", "b": tmp_path / "b"})


def test_file_that_nobody_knows_is_refused(home: Database, empty: Database, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"k")
    assert refused(empty, write(home, tmp_path / "backup", key=tmp_path / "key")).code == "backup.damaged"


KILLED = """
import os, signal, sys
from pathlib import Path
from airdock.database import Database
from airdock.database.backup import restore_backup, write_backup

def progress(done, whole):
    if done >= whole * float(sys.argv[5]):
        os.kill(os.getpid(), signal.SIGKILL)

database, path, key = Database(Path(sys.argv[2]), sys.argv[3]), Path(sys.argv[4]), Path(sys.argv[2], "key")
if sys.argv[1] == "backup":
    write_backup(database, path, sqlite_files={}, files={}, progress=progress)
else:
    restore_backup(database, path, files={"key": key}, progress=progress)
"""


def killed(what: str, database: Database, path: Path, share: float) -> None:
    """Does it in a process that ends like by `kill -9` when so much is done."""
    url = "" if database.url is None else database.url.render_as_string(hide_password=False)
    arguments = (what, str(database.home), url, str(path), str(share))
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(KILLED), *arguments], check=False)
    assert ended.returncode == -signal.SIGKILL


@pytest.mark.parametrize("share", [0.2, 1.0])
def test_killed_backup_leaves_no_file(home: Database, tmp_path: Path, share: float) -> None:
    fill(home)
    killed("backup", home, tmp_path / "backup", share)
    assert not (tmp_path / "backup").exists()


@pytest.mark.parametrize("share", [0.55, 1.0])
def test_killed_restore_leaves_the_database_empty(
    home: Database, target: Database, tmp_path: Path, share: float
) -> None:
    fill(home)
    (tmp_path / "key").write_bytes(b"k")
    path = write(home, tmp_path / "backup", key=tmp_path / "key")
    killed("restore", target, path, share)
    assert is_empty(target)
    restore_backup(target, path, files={"key": target.home / "key"})
    assert content_of(target)["audit"] == content_of(home)["audit"]
