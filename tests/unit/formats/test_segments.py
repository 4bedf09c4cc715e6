import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.formats.format import UnwritableError
from airdock.formats.segments import Separators, elements_of, parse_element, split_released, write_element


def split_by_hand(text: str, separator: str, release: str) -> list[str]:
    parts = [""]
    characters = iter(text)
    for character in characters:
        if character == release:
            parts[-1] += character + next(characters, "")
        elif character == separator:
            parts.append("")
        else:
            parts[-1] += character
    return parts


@given(st.text(alphabet="+?a\n:", max_size=30))
def test_released_separators_separate_nothing(text: str) -> None:
    assert split_released(text, "+", "?") == split_by_hand(text, "+", "?")
    assert split_released(text, "+", "") == text.split("+")
    assert split_released(text, "", "?") == [text]


FIELDS = Separators(("|", "~", "^", "&"), "", "\r")
PART = st.text(alphabet="abc ", max_size=3)
COMPONENT = PART | st.lists(PART, min_size=2, max_size=3).filter(lambda parts: bool(parts[-1]))
REPEAT = PART | st.lists(COMPONENT, min_size=2, max_size=3).filter(lambda parts: bool(parts[-1]))
ELEMENT = REPEAT | st.lists(REPEAT, min_size=2, max_size=3).map(lambda repeats: {"repeat": repeats})


@given(ELEMENT)
def test_elements_are_read_as_they_were_written(element: object) -> None:
    text = write_element(element, FIELDS, str)
    assert parse_element(text, FIELDS, str) == element


@pytest.mark.parametrize("segment", [5, {}, {"elements": []}, {"elements": [1]}, {"elements": ["a b"]}, "LIN"])
def test_what_is_no_segment(segment: object) -> None:
    with pytest.raises(UnwritableError, match="segment 3 is not an object with `elements`"):
        elements_of(segment, 3)


def test_trailing_elements_are_left_out() -> None:
    assert elements_of({"elements": ["LIN", "1", "", None, []]}, 1) == ["LIN", "1"]
    assert elements_of(["LIN"], 1) == ["LIN"]
