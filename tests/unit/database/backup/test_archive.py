"""What is no backup, or an evil one."""

import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airdock.database import Database
from airdock.database.backup import BackupError, write_backup
from airdock.database.backup import archive as archives
from airdock.database.backup.archive import opened_archive

Entries = dict[str, bytes]


def entries_of(path: Path) -> Entries:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(path: Path, entries: Entries) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def read(path: Path) -> None:
    with opened_archive(path) as archive:
        archive.verify(lambda size: None)
        for name in archive.manifest.entries:
            list(archive.lines(name))


def refused(path: Path) -> str:
    with pytest.raises(BackupError) as caught:
        read(path)
    return caught.value.code


@pytest.fixture(scope="module")
def backup(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backup")
    database = Database(folder / "home")
    database.open()
    (folder / "key").write_bytes(b"k\n")
    write_backup(database, folder / "backup", sqlite_files={}, files={"secret.key": folder / "key"})
    database.close()
    return folder / "backup"


def test_backup_is_read(backup: Path) -> None:
    read(backup)


def test_file_that_is_not_there_or_is_no_zip_is_told(tmp_path: Path) -> None:
    assert refused(tmp_path / "none") == "backup.file"
    assert refused(tmp_path) == "backup.file"
    (tmp_path / "text").write_text("no zip")
    assert refused(tmp_path / "text") == "backup.damaged"
    assert refused(write(tmp_path / "zip", {"a": b""})) == "backup.damaged"


def _slip(entries: Entries) -> None:
    entries["../../etc/passwd"] = b"evil"


def _lack(entries: Entries) -> None:
    entries.pop("secret.key")


def _other(entries: Entries) -> None:
    entries["secret.key"] = b"K\n"


def _longer(entries: Entries) -> None:
    entries["secret.key"] = b"k\n" + b"0" * 10_000_000


def _shorter(entries: Entries) -> None:
    entries["secret.key"] = b"k"


def _large_manifest(entries: Entries) -> None:
    entries["manifest.json"] += b" " * 2_000_000


def _cut(entries: Entries) -> None:
    document = msgspec.json.decode(entries["manifest.json"])
    del document["entries"]["secret.key"]
    entries["manifest.json"] = msgspec.json.encode(document)


def _many(entries: Entries) -> None:
    entries |= {f"tables/{number}.ndjson": b"" for number in range(1000)}


@pytest.mark.parametrize("change", [_slip, _lack, _other, _longer, _shorter, _large_manifest, _cut, _many])
def test_what_was_changed_is_refused(backup: Path, tmp_path: Path, change: Callable[[Entries], None]) -> None:
    entries = entries_of(backup)
    change(entries)
    assert refused(write(tmp_path / "changed", entries)) == "backup.damaged"


def test_name_that_is_there_twice_is_refused(backup: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed"
    changed.write_bytes(backup.read_bytes())
    with zipfile.ZipFile(changed, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("secret.key", b"evil")
    assert refused(changed) == "backup.damaged"


@given(st.integers(0), st.randoms())
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_bytes_that_were_changed_are_noticed_or_do_not_matter(
    backup: Path, tmp_path: Path, place: int, luck: random.Random
) -> None:
    content = bytearray(backup.read_bytes())
    for _ in range(luck.randint(1, 4)):
        content[(place + luck.randint(0, 40)) % len(content)] = luck.randint(0, 255)
    (tmp_path / "changed").write_bytes(content[: luck.choice((len(content), place % len(content) + 1))])
    try:
        read(tmp_path / "changed")
    except BackupError as error:
        assert error.code in ("backup.damaged", "backup.newer")  # noqa: PT017 -- both ways are right


def test_row_without_an_end_is_refused(backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_LONGEST_ROW", 1)
    assert refused(backup) == "backup.damaged"


def _leave(file: io.BytesIO) -> None:
    with archives.ArchiveWriter(file) as writer:
        writer.add("a", iter((b"a",)))
        raise ZeroDivisionError


def test_writer_that_is_left_does_not_end_the_zip() -> None:
    file = io.BytesIO()
    with pytest.raises(ZeroDivisionError):
        _leave(file)
    assert not zipfile.is_zipfile(file)
