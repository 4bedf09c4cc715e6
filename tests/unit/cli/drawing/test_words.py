"""The short texts of a drawing."""

from hypothesis import given
from hypothesis import strategies as st

from airdock.cli.drawing.words import LONGEST, MOST_LINES, cut, lines_of
from airdock.steps.set_ import Set


def test_what_does_not_fit_is_counted() -> None:
    written = {
        "body": 1,
        "headers": {},
        "properties": {"a": "b"},
        "when": "x",
        "timeout": "1s",
        "retry": {"attempts": 2},
    }
    lines = lines_of(Set, written, frozenset())
    assert len(lines) == MOST_LINES
    assert lines[0] == "body: 1"
    assert lines[1] == "headers: {}"
    assert lines[-1] == "… 3 more"


@given(st.text())
def test_a_cut_text_is_one_short_printable_line(text: str) -> None:
    line = cut(text)
    assert len(line) <= LONGEST
    assert line.isprintable()
