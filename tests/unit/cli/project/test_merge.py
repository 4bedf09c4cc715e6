"""Three-way merges of projects."""

import shutil
import subprocess
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.cli.project.merge import Merged, Names, has_markers, merge

NAMES = Names("this folder", "release 4")
LINES = b"one\ntwo\nthree\nfour\nfive\n"


def merged(base: bytes | None, mine: bytes | None, theirs: bytes | None) -> Merged:
    def side(content: bytes | None) -> dict[str, bytes]:
        return {} if content is None else {"a.flow": content}

    return merge(side(base), side(mine), side(theirs), NAMES)


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "taken"),
    [
        (b"a", b"a", b"a", {}),
        (b"a", b"a", b"b", {"a.flow": b"b"}),
        (b"a", b"b", b"a", {}),
        (b"a", b"b", b"b", {}),
        (None, None, b"b", {"a.flow": b"b"}),
        (None, b"b", None, {}),
        (b"a", b"a", None, {"a.flow": None}),
        (b"a", None, b"a", {}),
        (b"a", None, None, {}),
    ],
)
def test_what_one_side_did_is_taken(
    base: bytes | None, mine: bytes | None, theirs: bytes | None, taken: dict[str, bytes | None]
) -> None:
    assert merged(base, mine, theirs) == (taken, {})


def test_lines_apart_are_put_together() -> None:
    found = merged(LINES, LINES.replace(b"one", b"ONE"), LINES.replace(b"five", b"FIVE"))
    assert found == ({"a.flow": b"ONE\ntwo\nthree\nfour\nFIVE\n"}, {})


def test_the_same_lines_are_a_conflict_that_is_marked() -> None:
    found = merged(LINES, LINES.replace(b"two", b"mine"), LINES.replace(b"two", b"theirs"))
    content = found.taken["a.flow"]
    assert content is not None
    assert b"<<<<<<< this folder\nmine\n=======\ntheirs\n>>>>>>> release 4\n" in content
    assert found.conflicts == {"a.flow": "1 conflict"}
    assert has_markers(content)
    assert not has_markers(LINES)


def test_a_file_that_both_made() -> None:
    found = merged(None, b"mine\n", b"theirs\n")
    assert found.conflicts == {"a.flow": "1 conflict"}


@pytest.mark.parametrize(
    ("mine", "theirs", "taken", "who"),
    [(None, b"b", {"a.flow": b"b"}, "this folder"), (b"b", None, {}, "release 4")],
)
def test_what_one_removed_and_the_other_changed_is_kept_and_told(
    mine: bytes | None, theirs: bytes | None, taken: dict[str, bytes | None], who: str
) -> None:
    found = merged(b"a", mine, theirs)
    assert found.taken == taken
    assert found.conflicts["a.flow"].startswith(f"removed by {who}")


def test_no_text_is_never_mixed() -> None:
    found = merged(b"\0a", b"\0b", b"\0c")
    assert found.taken == {}
    assert "no text" in found.conflicts["a.flow"]


def test_without_git_the_whole_file_is_the_conflict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    found = merged(b"a\n", b"mine", b"theirs\n")
    assert found.taken["a.flow"] == b"<<<<<<< this folder\nmine\n=======\ntheirs\n>>>>>>> release 4\n"
    assert "without git" in found.conflicts["a.flow"]


CONTENT = st.none() | st.lists(st.sampled_from([b"a\n", b"b\n", b"c\n"]), max_size=4).map(b"".join)


@given(CONTENT, CONTENT)
def test_nothing_is_done_where_they_did_nothing(base: bytes | None, mine: bytes | None) -> None:
    assert merged(base, mine, base) == ({}, {})
    assert merged(base, base, mine).conflicts == {}


def test_more_conflicts_than_an_exit_code_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    def many(word: bytes) -> bytes:
        return b"".join(b"%s %d\nx\nx\nx\nx\n" % (word, number) for number in range(200))

    found = merged(many(b"base"), many(b"mine"), many(b"theirs"))
    assert found.conflicts["a.flow"] == "127 conflicts"
    content = found.taken["a.flow"]
    assert content is not None
    assert content.count(b"<<<<<<< ") == 200


def test_git_that_fails_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    which: Callable[[str], str] = lambda name: "/bin/false"  # noqa: E731
    monkeypatch.setattr(shutil, "which", which)
    # `false` ends with 1, as git does for one conflict, and prints nothing; a code beyond is a failure.
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: type("Done", (), {"returncode": 255, "stdout": b""})())
    assert "git could not" in merged(b"a", b"b", b"c").conflicts["a.flow"]
