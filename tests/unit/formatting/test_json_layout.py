"""The layout of JSON: what stays on a line, what does not, and where comments go."""

import json
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from airdock.formatting.json_layout import json_text
from airdock.formatting.json_parts import json_comments, json_parts


def formatted(text: str) -> str:
    made = json_text(json_parts(text))
    assert json_text(json_parts(made)) == made
    assert sorted(" ".join(each.split()) for each in json_comments(made)) == sorted(
        " ".join(each.split()) for each in json_comments(text)
    )
    return made


def test_what_stood_on_one_line_and_fits_stays_there() -> None:
    assert formatted('{"a":{"b":1 ,"c":[1,2 , 3]},"d":[ ]}') == ('{\n  "a": {"b": 1, "c": [1, 2, 3]},\n  "d": []\n}\n')


def test_what_its_author_broke_stays_broken() -> None:
    assert formatted('{"a": {\n"b": 1}, "c": [\n1]}') == ('{\n  "a": {\n    "b": 1\n  },\n  "c": [\n    1\n  ]\n}\n')


def test_what_does_not_fit_is_broken() -> None:
    text = "x" * 60
    made = formatted(json.dumps({"a": {"b": text, "c": text}, "d": {"b": text}}))
    assert made == (f'{{\n  "a": {{\n    "b": "{text}",\n    "c": "{text}"\n  }},\n  "d": {{"b": "{text}"}}\n}}\n')
    assert all(len(line) <= 100 for line in made.splitlines())


def test_a_hundred_columns_are_enough_and_one_more_is_not() -> None:
    for length, count in ((86, 3), (87, 6)):
        lines = formatted(json.dumps({"a": ["x" * length, 1]})).splitlines()
        assert len(lines) == count
        assert max(map(len, lines)) <= 100


def test_one_empty_line_is_kept() -> None:
    assert formatted('{\n\n\n"a": 1,\n\n\n\n"b": 2\n\n}\n\n\n') == '{\n  "a": 1,\n\n  "b": 2\n}\n'


def test_a_comma_at_the_end_is_kept_where_lines_are() -> None:
    assert formatted('{"a": [1,], "b": [\n1,],}') == '{\n  "a": [1],\n  "b": [\n    1,\n  ],\n}\n'


COMMENTED = """\
// top

{ // head
  // of all

  // of a
  "a": 1, // behind a
  "b": [ // in b
    1, /* one */ // and one
    /* of two */
    2
    // end of b
  ],
  "c": {}, /*
    several lines */
  "d": {
    // nothing
  }

  // end
}
// bottom
"""


def test_comments_stay_where_they_are() -> None:
    assert formatted(COMMENTED) == COMMENTED


def test_comments_in_odd_places_are_kept() -> None:
    text = '{"a" /* 1 */ : /* 2 */ 1 /* 3 */ , /* 4 */ "b": [/* 5 */ 1, /* 6 */ 2 /* 7 */] /* 8 */ } /* 9 */'
    assert len(json_comments(formatted(text))) == 9
    assert formatted("[1 // a\n, // b\n2]") == "[\n  1, // a\n  // b\n  2\n]\n"


def test_stars_of_a_comment_stand_below_each_other() -> None:
    assert formatted("{\n/* a\n      * b\n*/\n}") == "{\n  /* a\n   * b\n   */\n}\n"


def test_texts_that_look_like_comments() -> None:
    assert formatted('{"a": "// no", "b": "/* no */", "c": "\\" // no"}').count("no") == 3


def test_numbers_and_escapes_are_left_as_they_are() -> None:
    assert formatted('{"a": 1.50e+3, "b": "\\u00e9\\/"}') == '{\n  "a": 1.50e+3,\n  "b": "\\u00e9\\/"\n}\n'


def test_other_roots_and_line_ends() -> None:
    assert formatted("// a\r\n[ 1 ]\r\n") == "// a\n[\n  1\n]\n"
    assert formatted("{}") == "{}\n"
    assert formatted(' "a" ') == '"a"\n'


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
GAPS = st.sampled_from(
    [
        "",
        "",
        "",
        " ",
        "\n",
        "\n\n\n",
        "// a\n",
        " // b c \n",
        "/* d */",
        " /* e */\n",
        "\n// f\n\n",
        "/*\n * g\n */",
        "\n/* h */",
    ]
)
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:]|,|[^\s,:\[\]{}"]+')


@st.composite
def texts(draw: st.DrawFn) -> tuple[Any, str]:
    """A value, and a text of it with comments anywhere."""
    value = draw(VALUES)
    tokens = _TOKEN.findall(json.dumps(value))
    return value, draw(GAPS) + "".join(token + draw(GAPS) for token in tokens)


def plain(text: str) -> Any:
    """The value of a text without its comments and last commas."""
    bare = re.sub(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*(?s:.*?)\*/', lambda match: match[1] or " ", text)
    return json.loads(bare)


@given(texts())
def test_any_text(drawn: tuple[Any, str]) -> None:
    value, text = drawn
    assert plain(formatted(text)) == value
