"""Problems as text and as annotations, whatever stands in them."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.cli.problems import github_lines, text_lines
from airdock.errors import Place, Problem


def lines(folder: Path, problem: Problem) -> list[str]:
    return list(text_lines([problem], folder, io.StringIO()))


def test_a_long_line_is_cut_around_the_place(tmp_path: Path) -> None:
    (tmp_path / "a.flow").write_text("x" * 500 + "!" + "y" * 500)
    _, source, caret = lines(tmp_path, Problem("internal", "wrong", Place("a.flow", 1, 501)))
    assert len(source) < 120
    assert source[caret.index("^")] == "!"
    assert "…x" in source
    assert source.endswith("y…")


def test_the_caret_stands_under_its_character_behind_wide_ones_and_tabs(tmp_path: Path) -> None:
    (tmp_path / "a.flow").write_text("\t日本!")
    _, source, caret = lines(tmp_path, Problem("internal", "wrong", Place("a.flow", 1, 4)))
    assert source == "    1 |  日本!"
    assert caret == "      |      ^"


@pytest.mark.parametrize("place", [Place("gone.flow", 1, 1), Place("a.flow", 9, 1), Place("a.flow"), Place()])
def test_a_place_without_a_source_line_has_no_excerpt(tmp_path: Path, place: Place) -> None:
    (tmp_path / "a.flow").write_text("{}")
    assert len(lines(tmp_path, Problem("internal", "wrong", place))) == 1


def test_a_line_without_a_column_is_written_so(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import reqests\n")
    head, source = lines(tmp_path, Problem("descriptor.script", "wrong", Place("a.py", 1)))
    assert head.endswith("a.py:1: wrong")
    assert source == "    1 | import reqests"


def test_nothing_that_a_terminal_obeys_is_printed(tmp_path: Path) -> None:
    (tmp_path / "a.flow").write_text("\x1b[31mred")
    text = "\n".join(lines(tmp_path, Problem("internal", "\x1b]0;x\x07", Place("a.flow", 1, 1), "\x9b1m")))
    assert not {"\x1b", "\x07", "\x9b"} & set(text)


def test_annotations_escape_what_ends_a_field(tmp_path: Path) -> None:
    problem = Problem("internal", "50% of\nthis: that", Place("a,b:c.flow", 2, 3), "x")
    (line,) = github_lines([problem], Path())
    assert line == "::error file=a%2Cb%3Ac.flow,line=2,col=3,title=internal::50%25 of%0Athis: that: x"


@given(
    st.builds(
        Problem, st.just("internal"), st.text(), st.builds(Place, st.text(), st.integers(0, 9), st.integers(0, 9))
    )
)
def test_a_problem_is_one_line_of_each_format(problem: Problem) -> None:
    (line,) = github_lines([problem], Path())
    assert not {"\r", "\n"} & set(line)
    assert "\n" not in next(text_lines([problem], Path("/nowhere"), io.StringIO()))
