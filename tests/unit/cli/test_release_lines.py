"""Releases as people read them."""

from datetime import UTC, datetime

from airdock.api.registry import Release
from airdock.cli.release_lines import local_time, release_line, release_lines

AT = datetime(2026, 5, 4, 10, 30, tzinfo=UTC)
REVISION = "0123456789abcdef0123456789abcdef01234567"


def test_a_release_in_a_line() -> None:
    release = Release(project="shop", number=4, user="ann", at=AT, message="Tea is\ncheaper", revision=REVISION)
    assert release_line(release) == f"4  {local_time(AT)}  ann  Tea is cheaper  [0123456789ab]"


def test_a_table_of_releases() -> None:
    found = [
        Release(project="shop", number=3, user="ann", at=AT, kind="rollback", source=1, message="broken"),
        Release(project="shop", number=2, user="bobby", at=AT, kind="unpublish"),
        Release(project="shop", number=1, user="ann", at=AT, message="first", revision=f"{REVISION}-dirty"),
    ]
    head, *lines = release_lines(found, 3)
    assert head.split() == ["RELEASE", "PUBLISHED", "BY", "MESSAGE"]
    assert lines[0] == f"*       3  {local_time(AT)}  ann    back to 1: broken"
    assert lines[1].endswith("bobby  unpublished")
    assert lines[2].endswith("first  [0123456789ab-dirty]")
    assert list(release_lines([], None)) == ["there are no releases"]
