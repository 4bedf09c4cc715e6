from typing import Any

import pytest

from airdock.errors import FlowError
from airdock.exchange import Exchange, Run
from airdock.expressions import compile_expression
from airdock.response import ABSENT
from airdock.steps.branches.gathering import Gathering, Latest, Original, gathering


def exchange(body: Any) -> Exchange:
    made = Exchange(Run("1", "p/f.flow"), properties={})
    made.body = body
    return made


def gathered(aggregate: str | None, *bodies: Any, otherwise: type[Gathering] = Latest) -> Any:
    made = gathering(None if aggregate is None else compile_expression(aggregate), otherwise)()
    for index, body in enumerate(bodies):
        made.add(f"b{index}", index, exchange(body), None)
    return made.value(exchange({"all": 1}))


@pytest.mark.parametrize(
    ("aggregate", "expected"),
    [
        ("latest", {"b": 2}),
        ("list", [{"a": 1}, {"b": 2}]),
        ("object", {"b0": {"a": 1}, "b1": {"b": 2}}),
        ("merge", {"a": 1, "b": 2}),
        ("$count(branches) + body.all", 3),
        ("branches[name = 'b1'].body.b", 2),
    ],
)
def test_strategies(aggregate: str, expected: Any) -> None:
    assert gathered(aggregate, {"a": 1}, {"b": 2}) == expected


def test_left_out_it_is_the_steps_own() -> None:
    assert gathered(None, 1, 2) == 2
    assert gathered(None, 1, 2, otherwise=Original) is ABSENT


def test_without_a_branch() -> None:
    assert gathered("latest") is ABSENT
    assert gathered("list") == []
    assert gathered("object") == {}
    assert gathered("merge") is None


def test_merge_takes_lists_or_objects_and_changes_none_of_them() -> None:
    first = [1]
    assert gathered("merge", first, None, [2, 3]) == [1, 2, 3]
    assert first == [1]
    assert gathered("merge", {"a": 1}, {"a": 2}) == {"a": 2}
    with pytest.raises(FlowError, match="b1 is a list, which cannot be merged"):
        gathered("merge", {}, [])
    with pytest.raises(FlowError, match="b0 is a text"):
        gathered("merge", "a")
