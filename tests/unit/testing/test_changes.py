from typing import Any

import pytest

from airdock.exchange import Exchange, Run
from airdock.response import ABSENT
from airdock.streams import Stream
from airdock.testing.changes import MOST, Change, changes, snapshot


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, [Change("body.a", 1, 2)]),
        ({"a": 1}, {"b": 1}, [Change("body.a", 1, ABSENT), Change("body.b", ABSENT, 1)]),
        ([1, 2], [1, 3, 4], [Change("body[1]", 2, 3), Change("body[2]", ABSENT, 4)]),
        ({"a": {"b": [1]}}, {"a": {"b": []}}, [Change("body.a.b[0]", 1, ABSENT)]),
        (1, True, [Change("body", 1, True)]),
        ("a", {"a": 1}, [Change("body", "a", {"a": 1})]),
        (b"a", b"a", []),
    ],
)
def test_what_differs(before: Any, after: Any, expected: list[Change]) -> None:
    assert changes({"body": before}, {"body": after}) == expected


def test_many_changes_have_an_end() -> None:
    found = changes({"body": []}, {"body": list(range(1000))})
    assert (len(found), found[-1].path) == (MOST + 1, "…")


def test_a_snapshot_does_not_change_with_its_exchange() -> None:
    exchange = Exchange(Run("1", "p/f.flow"))
    exchange.body = {"a": [1]}
    exchange.properties["p"] = 1
    before = snapshot(exchange)
    exchange.body["a"].append(2)
    exchange.headers["x"] = "1"
    exchange.response.status = 201
    assert changes(before, snapshot(exchange)) == [
        Change("body.a[1]", ABSENT, 2),
        Change("headers.x", ABSENT, "1"),
        Change("response.status", ABSENT, 201),
    ]


def test_a_stream_is_not_read() -> None:
    exchange = Exchange(Run("1", "p/f.flow"))
    stream = Stream([1, 2])
    exchange.body = stream
    assert snapshot(exchange)["body"] is stream
    assert not stream.taken
