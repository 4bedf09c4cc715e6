from typing import Any

import pytest

from tests.unit.flows import Flows


async def sorted_by(flows: Flows, body: Any, **fields: Any) -> Any:
    result = await flows.run([{"type": "sort", **fields}], method="POST", json=body)
    return result.json() if result.status == 200 else result.json()["detail"]


async def test_a_list_by_its_items(flows: Flows) -> None:
    assert await sorted_by(flows, [3, 1, 2.5]) == [1, 2.5, 3]
    assert await sorted_by(flows, ["b", "a"], reverse=True) == ["b", "a"]
    assert await sorted_by(flows, [True, False]) == [False, True]
    assert await sorted_by(flows, []) == []


async def test_by_several_keys_and_the_rest_of_the_message(flows: Flows) -> None:
    items = [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}, {"a": 2, "b": "x"}, {"b": "z"}]
    assert await sorted_by(flows, items, by=["-body.a", "body.b"]) == [items[2], items[1], items[0], items[3]]
    assert await sorted_by(flows, [1, 2, 3], by="properties.sign * body", properties={"sign": -1}) == [3, 2, 1]


async def test_by_a_comparator(flows: Flows) -> None:
    words = ["ccc", "a", "bb"]
    assert await sorted_by(flows, words, comparator="$length(a) > $length(b)") == ["a", "bb", "ccc"]
    assert await sorted_by(flows, words, comparator="$length(a) - $length(b)", reverse=True) == ["ccc", "bb", "a"]


async def test_the_message_stays_when_the_result_is_a_property(flows: Flows) -> None:
    look = {"type": "output", "message": "${body}${properties.sorted}"}
    step = {"type": "sort", "expression": "body.list", "result": "sorted"}
    result = await flows.run([step, look], method="POST", json={"list": [2, 1]})
    assert result.text == '{"list":[2,1]}[1,2]'


@pytest.mark.parametrize(
    ("body", "fields", "problem"),
    [
        ([1, "a"], {}, "a key is a text and another is a number; make them all of one kind"),
        ([{}], {}, "a key is an object, which has no order"),
        ([{"a": [1, 2]}], {"by": "body.a"}, "a key is a list, which has no order"),
        ("text", {}, "what is to be sorted is a text; it must be a list"),
        ({"a": 1}, {}, "what is to be sorted is an object; it must be a list"),
    ],
)
async def test_what_has_no_order(flows: Flows, body: Any, fields: Any, problem: str) -> None:
    assert problem in await sorted_by(flows, body, **fields)


async def test_nothing_is_an_empty_list(flows: Flows) -> None:
    assert await sorted_by(flows, {}, expression="body.missing") == []


async def test_a_long_list_lets_others_run(flows: Flows) -> None:
    numbers = [(number * 7919) % 20_011 for number in range(20_000)]
    assert await sorted_by(flows, numbers, by="body + 1") == sorted(numbers)
    assert await sorted_by(flows, numbers[:3000], comparator="a > b") == sorted(numbers[:3000])


def test_by_or_a_comparator(flows: Flows) -> None:
    step = {"type": "sort", "by": "body.a", "comparator": "a > b"}
    assert "keep one of the two" in flows.problems([step])[0]
