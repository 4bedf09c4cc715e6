"""The layout of YAML: indent, brackets, texts of several lines, and where comments go."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from airdock.formatting.order import hoist_comments
from airdock.formatting.yaml_layout import yaml_text
from airdock.formatting.yaml_parts import NotFormattedError, yaml_comments, yaml_parts


def load(text: str) -> Any:
    return yaml.load(text, Loader=yaml.CSafeLoader)


def made_of(text: str) -> str:
    document = yaml_parts(text)
    hoist_comments(document.root)
    return yaml_text(document)


def formatted(text: str) -> str:
    made = made_of(text)
    assert made_of(made) == made
    assert load(made) == load(text)
    assert sorted(yaml_comments(made)) == sorted(yaml_comments(text))
    return made


def test_the_indent_is_two_spaces_and_lists_stand_in_their_field() -> None:
    assert formatted("a:\n    b:   1\n    c:\n    -   1\n    -   d: 2\n        e: 3\n") == (
        "a:\n  b: 1\n  c:\n    - 1\n    - d: 2\n      e: 3\n"
    )


def test_brackets_on_one_line_stay_if_they_fit() -> None:
    assert formatted("a: {b: 1,c: [1,2]}\nd: [ ]\ne: {\n}\n") == "a: {b: 1, c: [1, 2]}\nd: []\ne: {}\n"
    assert formatted("a: [1,\n  2]\n") == "a:\n  - 1\n  - 2\n"
    long = "x" * 60
    assert formatted(f"a: {{b: {long}, c: [{long}]}}\n") == f"a:\n  b: {long}\n  c: [{long}]\n"


COMMENTED = """\
# of all

# of a
a: 1 # behind a
b: # behind b
  # of the first item
  - type: x # behind type
    # of name
    name: y
    # end of the item

  - z
  # end of b

# of c
c:
  d: {}
  # end of c
# bottom
"""


def test_comments_stay_where_they_are() -> None:
    assert formatted(COMMENTED) == COMMENTED


def test_comments_move_with_what_they_are_of() -> None:
    text = "a:\n      # of b\n      b: 1\n      # end of a\n# of c\nc: 1\n"
    assert formatted(text) == "a:\n  # of b\n  b: 1\n  # end of a\n# of c\nc: 1\n"


def test_comments_in_odd_places_are_kept() -> None:
    assert formatted("- # of the item\n  a: 1\n") == "# of the item\n- a: 1\n"
    assert formatted("a: [1, # one\n  2 # two\n  # end\n] # behind\nb: {c: 1} # flow\n") == (
        "a: # behind\n  - 1 # one\n  - 2 # two\n  # end\nb: {c: 1} # flow\n"
    )
    assert formatted("--- # doc\na: 1\n...\n# end\n") == "---\n# doc\na: 1\n# end\n"
    assert formatted("a: #b\n  c: d#e\n") == "a: #b\n  c: d#e\n"


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("a: |\n      b\n        c\n\n      d\n\n\ne: 1\n", "a: |\n  b\n    c\n\n  d\n\ne: 1\n"),
        ("a: |+\n    b\n\n\ne: 1\n", "a: |+\n  b\n\n\ne: 1\n"),
        ("a: |1-\n  b\ne: 1\n", "a: |2-\n   b\ne: 1\n"),
        ("a: >-  # folded\n    b\n    c\n", "a: >- # folded\n  b\n  c\n"),
        ("- |\n a\n# c\n- b\n", "- |\n  a\n# c\n- b\n"),
        ("a: b\n      c\n\n      d\n", "a: b\n  c\n\n  d\n"),
        ('a: "b\n      c \\\n      d"\n', 'a: "b\n  c \\\n  d"\n'),
        ("a: 'it''s\n\n   here'\n", "a: 'it''s\n\n  here'\n"),
    ],
)
def test_texts_of_several_lines(text: str, made: str) -> None:
    assert formatted(text) == made


def test_anchors_tags_and_aliases() -> None:
    text = "a: &x\n    b: !!str 1\nc: *x\nd: &y [1]\ne: &z !!map\n   f: 1\ng:\n- &w\n  h: 1\n- *w\n"
    assert formatted(text) == (
        "a: &x\n  b: !!str 1\nc: *x\nd: &y [1]\ne: &z !!map\n  f: 1\ng:\n  - &w\n    h: 1\n  - *w\n"
    )


def test_empty_values_and_lists_in_lists() -> None:
    assert formatted("a:\nb: ~\n? c\n: 1\n") == "a:\nb: ~\nc: 1\n"
    assert formatted("- - 1\n  - 2\n-\n- - - 3\n") == "- - 1\n  - 2\n-\n- - - 3\n"


def test_a_name_of_several_lines_is_left() -> None:
    with pytest.raises(NotFormattedError, match="a name of several lines"):
        yaml_parts('? "a\n  b"\n: 1\n')


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)
)
VALUES = st.recursive(
    SCALARS | st.sampled_from(["two\nlines\n", "  indented\n more\n\n", "ends\n\n\n", "# no comment", "a # b", "x: y"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcdefgh"), inner, max_size=4),
    max_leaves=12,
)


class Dumper(yaml.CSafeDumper):
    """Writes some texts as blocks."""


def _text(dumper: Any, text: str) -> Any:
    style = {0: None, 1: "|", 2: ">", 3: '"', 4: "'"}[len(text) % 5]
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


Dumper.add_representer(str, _text)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A text of a value with comments between its lines, as far as nothing but layout changes by that."""
    value = draw(st.dictionaries(st.sampled_from("abcdefgh"), VALUES, min_size=1, max_size=4))
    options: dict[str, Any] = {
        "indent": draw(st.integers(2, 6)),
        "default_flow_style": draw(st.sampled_from([False, False, None, True])),
        "width": draw(st.sampled_from([20, 80, 1000])),
    }
    lines = yaml.dump(value, Dumper=Dumper, sort_keys=False, **options).split("\n")
    comments = st.sampled_from([None, None, None, "# c", "  # d", "      # e", ""])
    for place in range(len(lines) - 1, -1, -1):
        extra = draw(comments)
        candidate = [*lines[:place], extra or "", *lines[place:]]
        if extra is not None and _is_same(candidate, value):
            lines = candidate
        elif draw(st.booleans()):
            behind = [*lines[:place], lines[place] + " # f", *lines[place + 1 :]]
            lines = behind if lines[place].strip() and _is_same(behind, value) else lines
    return "\n".join(lines)


def _is_same(lines: list[str], value: Any) -> bool:
    try:
        return bool(load("\n".join(lines)) == value)
    except yaml.YAMLError:
        return False


@given(texts())
def test_any_text(text: str) -> None:
    formatted(text)
