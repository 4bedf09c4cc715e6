from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.errors import FlowError
from airdock.exchange import Exchange, Run
from airdock.expressions import compile_expression
from airdock.steps.branches.balancers import in_turn, random_one, sticky, weighted


def message(**properties: Any) -> Exchange:
    return Exchange(Run("1", "p/f.flow"), properties=properties)


def test_in_turn() -> None:
    choose = in_turn(3)
    assert [choose(message()) for _ in range(5)] == [0, 1, 2, 0, 1]


def test_at_random_each_gets_its_share() -> None:
    choose = random_one(4)
    counts = Counter(choose(message()) for _ in range(4000))
    assert set(counts) == {0, 1, 2, 3}
    assert min(counts.values()) > 700


@given(st.lists(st.integers(0, 6), min_size=1, max_size=5).filter(any), st.booleans())
def test_shares_are_exact_in_each_round(ratio: list[int], turns: bool) -> None:
    choose = weighted(ratio, turns)
    for _ in range(3):
        counts = Counter(choose(message()) for _ in range(sum(ratio)))
        assert [counts[place] for place in range(len(ratio))] == ratio


def test_shares_in_turn() -> None:
    choose = weighted([4, 2, 1], True)
    assert [choose(message()) for _ in range(7)] == [0, 1, 2, 0, 1, 0, 0]


@given(st.integers(1, 9), st.one_of(st.text(), st.integers(), st.lists(st.integers())))
def test_the_same_value_goes_to_the_same_flow(number: int, value: Any) -> None:
    choices = {sticky(compile_expression("properties.key"), number)(message(key=value)) for _ in range(3)}
    assert len(choices) == 1
    assert choices < set(range(number)) or number == 1


def test_values_are_spread() -> None:
    choose = sticky(compile_expression("properties.key"), 4)
    counts = Counter(choose(message(key=f"customer-{number}")) for number in range(2000))
    assert min(counts.values()) > 350
    assert choose(message(key=Decimal(1))) in range(4)


def test_a_message_without_a_value() -> None:
    choose = sticky(compile_expression("properties.key"), 4)
    with pytest.raises(FlowError, match=r"`properties.key` has no value"):
        choose(message())
