from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.nesting import deeper, json_deeper

VALUES = st.recursive(
    st.none() | st.text(alphabet='[]{}"\\a,:', max_size=5) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(alphabet='[]{}"\\a', max_size=3), inner),
    max_leaves=30,
)


def depth_of(value: Any) -> int:
    if isinstance(value, dict | list):
        children = value.values() if isinstance(value, dict) else value
        return 1 + max(map(depth_of, children), default=0)
    return 0


@given(VALUES)
def test_it_says_exactly_what_is_deeper(value: Any) -> None:
    text = msgspec.json.encode(value)
    for limit in range(5):
        assert json_deeper(text, value, limit) is deeper(value, limit) is (depth_of(value) > limit)


@pytest.mark.parametrize("wrap", ['["]",{}]', '["[",{},"]"]', '{{"a":["\\\\"],"b":{}}}', '[["}}","\\"]"],{}]'])
def test_brackets_in_texts_hide_nothing(wrap: str) -> None:
    text = "1"
    for _ in range(201):
        text = wrap.format(text)
    value = msgspec.json.decode(text)
    assert json_deeper(text.encode(), value, 200)
    assert not json_deeper(text.encode(), value, depth_of(value))
