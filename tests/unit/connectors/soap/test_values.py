from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from zeep.loader import parse_xml

from airdock.connectors.soap.values import plain


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (Decimal("9.95"), 9.95),
        (Decimal("10.00"), 10),
        (Decimal("0.1234567890123456789"), "0.1234567890123456789"),
        (Decimal("99999999999999999999"), "99999999999999999999"),
        (2**70, 2**70),
        (float("inf"), "INF"),
        (float("nan"), "NaN"),
        (1.5, 1.5),
        (True, True),
        (b"abc", "YWJj"),
        (date(2026, 1, 15), "2026-01-15"),
        (time(10, 30), "10:30:00"),
        (datetime(2026, 1, 15, 10), "2026-01-15T10:00:00"),
        (timedelta(hours=1), "PT1H"),
        ([{"a": Decimal(1)}, None], [{"a": 1}, None]),
    ],
)
def test_plain_values(value: Any, found: Any) -> None:
    made = plain(value)
    assert (made, type(made)) == (found, type(found))


def test_elements_without_a_schema_are_objects() -> None:
    node = parse_xml('<a xmlns="urn:x" id="7"><b>1</b><b>2</b></a>', None)
    assert plain(node) == {"@id": "7", "b": ["1", "2"]}
