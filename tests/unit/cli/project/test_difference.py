"""Differences as people read them."""

from airdock.cli.project.difference import compare, counted, file_lines, text_lines

BEFORE = {"a.flow": b"one\ntwo\n", "gone.py": b"x\n", "same": b"1", "picture": b"\0"}
AFTER = {"a.flow": b"one\nzwei\x1b\n", "new.py": b"y\n", "same": b"1", "picture": b"\0\1"}


def test_each_file_and_each_line() -> None:
    found = compare(BEFORE, AFTER)
    assert list(file_lines(found)) == ["  ~ a.flow", "  - gone.py", "  + new.py", "  ~ picture"]
    assert counted(found) == "1 added, 2 changed, 1 removed"
    lines = list(text_lines(found))
    assert lines[:6] == ["--- a/a.flow", "+++ b/a.flow", "@@ -1,2 +1,2 @@", " one", "-two", "+zwei\ufffd"]
    assert "+++ /dev/null" in lines
    assert lines[-1] == "changed: picture (no text, or too large)"


def test_no_difference() -> None:
    found = compare(AFTER, AFTER)
    assert (counted(found), list(text_lines(found))) == ("no difference", [])


def test_an_empty_file_that_was_added() -> None:
    assert list(text_lines(compare({}, {"empty": b""}))) == ["added: empty (empty)"]
