import pytest

from airdock.connectors.file.paths import inner
from airdock.errors import FlowError


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("a", "a"),
        ("/a/b.csv", "a/b.csv"),
        ("in/", "in"),
        ("", ""),
        ("/", ""),
        ("größe/a b", "größe/a b"),
        ("...", "..."),
    ],
)
def test_paths_within(written: str, expected: str) -> None:
    assert inner(written) == expected


@pytest.mark.parametrize(
    "written", ["..", "../a", "a/../b", "a/..", "./a", "a//b", "a\0b", "a\nb", "a\\..\\b", "x" * 1001, "x" * 201]
)
def test_what_is_no_path_within(written: str) -> None:
    with pytest.raises(FlowError) as caught:
        inner(written)
    assert caught.value.code == "connector.file.path"
