"""Values as bytes and back."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.packing import NotPackableError, pack, unpack

LIMIT = 2**20
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**100), 2**100),
    st.floats(allow_nan=False),
    st.text(),
    st.binary(),
    st.decimals(allow_nan=False),
    st.uuids(),
    st.dates(),
    st.times(),
    st.datetimes(timezones=st.sampled_from([UTC, None])),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3), st.tuples(inner, inner)
    ),
    max_leaves=10,
)


def same(one: Any, other: Any) -> bool:
    """Equal, and of the same types throughout."""
    if type(one) is not type(other) or one != other:
        return False
    if isinstance(one, dict):
        return all(same(one[name], other[name]) for name in one)
    if isinstance(one, list | tuple):
        return all(map(same, one, other))
    return True


@given(VALUES)
def test_a_value_comes_back_as_it_was(value: Any) -> None:
    assert same(unpack(pack(value, LIMIT)), value)


def test_sets_and_changeable_bytes_come_back_too() -> None:
    value = {"a": {1, 2}, "b": frozenset("x"), "c": bytearray(b"\0\1"), "d": 2**20_000}
    assert same(unpack(pack(value, LIMIT)), value)


def test_of_subclasses_the_contents_are_kept() -> None:
    class Name(str):
        __slots__ = ()

    class Table(dict[str, Any]):
        pass

    assert same(unpack(pack(Table({Name("a"): Name("b")}), LIMIT)), {"a": "b"})


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (iter([]), "it is a list_iterator, which cannot be kept"),
        ({"a": [1, {"b": 5j}]}, "a[1].b is a complex, which cannot be kept"),
        ([[lambda: 1]], "[0][0] is a function, which cannot be kept"),
        ({"a": {1: 2}}, "a has a name that is no text but a int"),
        ("\ud800", "it holds a text that is not Unicode"),
        ("x" * (LIMIT + 1), "it is larger than 1,048,576 bytes"),
        ({"deep": ["x" * 1000] * 2000}, "it is larger than 1,048,576 bytes"),
        ([0] * 10**6, "it is larger than 1,048,576 bytes"),
    ],
)
def test_what_cannot_be_kept_is_told_with_its_place(value: Any, reason: str) -> None:
    with pytest.raises(NotPackableError) as refused:
        pack(value, LIMIT)
    assert str(refused.value) == reason


def test_what_holds_itself_is_too_deep() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(NotPackableError, match="is nested more than 200 deep"):
        pack(value, LIMIT)


def test_kinds_keep_their_meaning() -> None:
    value = [Decimal("1.20"), UUID(int=7), datetime(2026, 1, 2, 3, tzinfo=UTC), date(2026, 1, 2), time(3, 4)]
    assert [str(each) for each in unpack(pack(value, LIMIT))] == [str(each) for each in value]
