from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.spec.kinds import Boolean, Duration, Kind, Size, Text
from airdock.spec.written import written
from airdock.units import parse_duration, parse_size


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (Duration(), 1.0, "1s"),
        (Duration(), 0.25, "250ms"),
        (Duration(), 90.0, "90s"),
        (Duration(), 120, "2m"),
        (Duration(), 86400, "1d"),
        (Duration(), 0.0, "0s"),
        (Size(), 65536, "64KB"),
        (Size(), 1000, "1000B"),
        (Text(), "", None),
        (Text(), object(), None),
        (Boolean(), False, False),
    ],
)
def test_values_are_written_as_an_author_would(kind: Kind, value: Any, expected: Any) -> None:
    assert written(kind, value) == expected


@given(st.integers(1, 10_000_000))
def test_what_is_written_is_read_back(value: int) -> None:
    assert parse_size(written(Size(), value)) == value
    assert parse_duration(written(Duration(), value / 1000)) == pytest.approx(value / 1000)
