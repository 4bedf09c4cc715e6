"""Whether values are what was expected."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.testing.runner.compare import difference, like, same

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


@given(VALUES)
def test_a_value_is_the_same_as_itself_and_like_itself(value: Any) -> None:
    assert same(value, value)
    assert like(value, value)


@given(VALUES, VALUES)
def test_what_is_the_same_is_alike(one: Any, other: Any) -> None:
    if same(one, other):
        assert like(one, other)
    if one != other:
        assert not same(one, other)


@pytest.mark.parametrize(
    ("expected", "actual", "fits", "fits_partly"),
    [
        (1, 1.0, True, True),
        (1, True, False, False),
        (False, 0, False, False),
        ("a", b"a", True, True),
        ({"a": 1}, {"a": 1, "b": 2}, False, True),
        ({"a": None}, {}, False, False),
        ([1], (1,), True, True),
        ([{"a": 1}], [{"a": 1, "b": 2}], False, True),
        ([1], [1, 2], False, False),
        ({}, None, False, False),
    ],
)
def test_rules(expected: Any, actual: Any, fits: bool, fits_partly: bool) -> None:
    assert same(expected, actual) is fits
    assert like(expected, actual) is fits_partly


def test_a_long_difference_is_cut() -> None:
    lines = difference(list(range(100)), list(range(1000, 1100)))
    assert len(lines) == 31
    assert lines[-1].endswith("more lines")


def test_values_that_are_no_json_are_shown() -> None:
    value = {1.5: object}
    assert "object" in "".join(difference({}, value))
