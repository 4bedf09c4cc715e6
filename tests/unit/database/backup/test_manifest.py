from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from airdock.database.backup.errors import BackupError
from airdock.database.backup.manifest import FORMAT, Manifest, TableInfo, entry_of, read_manifest
from airdock.database.schema import head

MANIFEST = Manifest(
    format=FORMAT,
    airdock="1.0",
    created=datetime(2026, 1, 2, tzinfo=UTC),
    revision=head(),
    dialect="sqlite",
    secrets=True,
    tables={"changes": TableInfo({"id": "integer"}, 3, 7), "users": TableInfo({}, 2)},
    entries={},
)


def document(**changes: Any) -> bytes:
    return msgspec.json.encode({**msgspec.to_builtins(MANIFEST), **changes})


def test_manifest_comes_back() -> None:
    assert read_manifest(document()) == MANIFEST
    assert MANIFEST.rows == 5
    assert entry_of("users") == "tables/users.ndjson"


@pytest.mark.parametrize("changes", [{"format": FORMAT + 1}, {"revision": "9999_future"}])
def test_one_of_a_newer_version_is_told(changes: dict[str, Any]) -> None:
    with pytest.raises(BackupError, match=r"Airdock 1\.0") as caught:
        read_manifest(document(**changes))
    assert caught.value.code == "backup.newer"


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", document(revision="0000_none"), document(tables=1), document(dialect="oracle"), b"\xff"],
)
def test_what_is_no_manifest_is_told(content: bytes) -> None:
    with pytest.raises(BackupError) as caught:
        read_manifest(content)
    assert caught.value.code == "backup.damaged"
