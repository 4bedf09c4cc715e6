"""Values of databases and of messages."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from airdock.connectors.sql.values import bound, named, plain
from airdock.errors import FlowError
from airdock.streams import Stream


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2**63 - 1, 2**63 - 1),
        (Decimal("1.50"), "1.50"),
        (Decimal("1E+3"), "1000"),
        (date(2026, 1, 31), "2026-01-31"),
        (datetime(2026, 1, 31, 10, tzinfo=UTC), "2026-01-31T10:00:00+00:00"),
        (time(10, 30), "10:30:00"),
        (timedelta(hours=1), "PT3600S"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (b"\x00", b"\x00"),
        (memoryview(b"\x00"), b"\x00"),
        (float("nan"), None),
        ([Decimal("1.5"), None], ["1.5", None]),
    ],
)
def test_values_become_what_json_has(value: Any, expected: Any) -> None:
    assert plain(value) == expected
    assert named(["x"], [(value,)]) == [{"x": expected}]


def test_objects_are_bound_as_json_and_lists_where_there_are_no_arrays() -> None:
    assert bound({"a": [1, 2**63]}, arrays=True) == '{"a":[1,9223372036854775808]}'
    assert bound([1, {"a": 1}], arrays=True) == [1, '{"a":1}']
    assert bound([1, 2], arrays=False) == "[1,2]"


@pytest.mark.parametrize("value", [Stream([1]), object()])
def test_what_cannot_be_a_parameter_is_told(value: Any) -> None:
    with pytest.raises(FlowError) as caught:
        bound(value, arrays=False)
    assert caught.value.code == "connector.sql.data"
