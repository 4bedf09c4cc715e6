import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.repository import FileDifference, InRegistry, InWorkspace, Repository
from airdock.repository.difference import Difference
from airdock.repository.text_difference import MAX_LINES, MAX_TEXT, compare_texts

LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\r\n", "\n", "d\u2028e\n", "-f\n", "+g\n"]), max_size=40)


def text_of(before: bytes, after: bytes) -> str | None:
    difference = Difference(changed=("x",))
    return compare_texts(difference, {"x": before}, {"x": after})[0].text


def applied(before: str, diff: str) -> str:
    """What a unified diff makes of a text, each of its lines checked."""
    old = before.split("\n")
    new: list[str] = []
    at = 0
    for line in diff.split("\n")[2:-1]:
        if hunk := re.fullmatch(r"@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@", line):
            start = int(hunk[1]) - (hunk[2] != "0")
            new += old[at:start]
            at = start
        elif line[0] in " -":
            assert old[at] == line[1:]
            at += 1
        if line[0] in " +":
            new.append(line[1:])
    return "\n".join(new + old[at:])


def test_differences_of_two_sides(repository: Repository) -> None:
    before = {"a.flow": b"one\ntwo\n", "gone.py": b"x\n", "logo.png": b"\x89PNG\0", "same": b"same"}
    after = {"a.flow": b"one\n2\n", "logo.png": b"\x89PNG\0\1", "made.py": b"no newline", "same": b"same"}
    repository.registry.publish_files("shop", before, "ann", "")
    repository.workspaces.replace("ann", "shop", after, 1)
    found = repository.text_difference(InRegistry("shop"), InWorkspace("ann", "shop"))
    assert found == [
        FileDifference("a.flow", "changed", "--- a/a.flow\n+++ b/a.flow\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n"),
        FileDifference("gone.py", "removed", "--- a/gone.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"),
        FileDifference("logo.png", "changed", None),
        FileDifference(
            "made.py",
            "added",
            "--- /dev/null\n+++ b/made.py\n@@ -0,0 +1 @@\n+no newline\n\\ No newline at end of file\n",
        ),
    ]


def test_what_is_not_published_has_no_files(repository: Repository) -> None:
    repository.workspaces.replace("ann", "shop", {"a": b"1\n"}, None)
    sides = InRegistry("shop"), InWorkspace("ann", "shop")
    assert repository.difference(*sides) == Difference(added=("a",))
    assert repository.difference(*reversed(sides)) == Difference(removed=("a",))
    assert [each.path for each in repository.text_difference(*sides)] == ["a"]
    assert not repository.difference(InRegistry("bank"), InRegistry("shop"))


@given(LINES, LINES)
def test_difference_leads_from_one_text_to_the_other(before: list[str], after: list[str]) -> None:
    old, new = "".join(before), "".join(after)
    diff = text_of(old.encode(), new.encode())
    assert diff is not None
    assert (applied(old, diff) if diff else old) == new


def test_small_change_of_a_long_text_is_shown() -> None:
    lines = [f"{number}\n" for number in range(50_000)]
    changed = [*lines[:30_000], "changed\n", *lines[30_001:]]
    diff = text_of("".join(lines).encode(), "".join(changed).encode())
    assert diff is not None
    assert "@@ -29998,7 +29998,7 @@" in diff
    assert diff.count("\n") == 11


@pytest.mark.parametrize("content", [b"\0", b"\xff\xfe", "ü".encode("latin-1")])
def test_what_is_no_text_is_named_only(content: bytes) -> None:
    assert text_of(b"text\n", content) is None
    assert text_of(content, b"text\n") is None


def test_what_would_be_too_large_is_named_only() -> None:
    assert text_of(b"", b"x\n" * (MAX_LINES + 1)) is None
    half = "x" * (MAX_TEXT * 2 // 3) + "\n"
    difference = Difference(added=("a", "b", "c"))
    found = compare_texts(difference, {}, {"a": half.encode(), "b": half.encode(), "c": b"small\n"})
    assert [each.text is not None for each in found] == [True, False, True]
