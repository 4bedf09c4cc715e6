from operator import itemgetter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from airdock.exchange import Exchange, Run
from airdock.expressions import compile_expression
from airdock.steps.common.ordering import by_comparator, by_keys

PAIRS = st.lists(st.lists(st.integers(0, 5), min_size=3, max_size=3), max_size=40)


def exchange() -> Exchange:
    return Exchange(Run("1", "p/f.flow"), properties={})


def sort(items: list[Any], *keys: str, reverse: bool = False) -> list[Any]:
    for _ in by_keys(exchange(), items, tuple(map(compile_expression, keys)), reverse):
        pass
    return items


@given(PAIRS, st.booleans())
def test_by_keys_it_is_what_python_sorts(items: list[Any], reverse: bool) -> None:
    expected = sorted(items, key=itemgetter(0, 1), reverse=reverse)
    assert sort(items.copy(), "body[0]", "body[1]", reverse=reverse) == expected


@given(PAIRS, st.booleans())
def test_by_a_comparator_it_is_stable(items: list[Any], reverse: bool) -> None:
    expected = sorted(items, key=itemgetter(0), reverse=reverse)
    found = items.copy()
    for _ in by_comparator(exchange(), found, compile_expression("a[0] - b[0]"), reverse):
        pass
    assert found == expected


@given(st.lists(st.one_of(st.none(), st.integers()), max_size=20), st.booleans())
def test_what_has_no_key_comes_last(items: list[Any], reverse: bool) -> None:
    found = sort(items.copy(), reverse=reverse)
    present = sorted((item for item in items if item is not None), reverse=reverse)
    assert found == present + [None] * items.count(None)
