"""Integers beyond 2^53 come through expressions as they were."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.expressions import compile_expression, compile_template
from airdock.expressions.exact import StandIns, double_text
from tests.unit.expressions.documents import exchange

BIG = 2**63 - 1
NEAR = 2**63 - 2

integers = st.one_of(
    st.integers(-(2**64), 2**64),
    st.integers(-3, 3).map(lambda n: 2**53 + n),
    st.integers(-3, 3).map(lambda n: 2**63 + n),
    st.integers(-3, 3).map(lambda n: -(2**63) + n),
    st.integers(-100, 100),
)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("body.id", BIG),
        ("body", {"id": BIG, "near": NEAR, "rows": [{"id": BIG, "n": 1}, {"id": NEAR, "n": 2}]}),
        ("$$.body.id", BIG),
        ('{"id": body.id}', {"id": BIG}),
        ("[body.near, body.id]", [NEAR, BIG]),
        ("body.rows.id", [BIG, NEAR]),
        ("body.rows[id = $$.body.near]", {"id": NEAR, "n": 2}),
        ("body.rows[id = $$.body.near].n", 2),
        ("body.rows^(id).n", [2, 1]),
        ("body.rows^(id).id", [NEAR, BIG]),
        ("$max(body.rows.id)", BIG),
        ("$min(body.rows.id)", NEAR),
        ("$distinct(body.rows.id)", [BIG, NEAR]),
        ("$count($distinct(body.rows.id))", 2),
        ("$reverse([body.id, 1])", [1, BIG]),
        ("-body.id", -BIG),
        ("$abs(-body.near)", NEAR),
        ("body.id = body.near", False),
        ("body.id > body.near", True),
        ("body.near in body.rows.id", True),
        ("body.id = 9223372036854775807", True),
        ("body.id = 9223372036854775806", False),
        ("body.rows[id = 9223372036854775806].n", 2),
        ("9223372036854775807", BIG),
        ('{"id": -9223372036854775808}', {"id": -(2**63)}),
        ('"u/" & body.id & "/" & body.near', f"u/{BIG}/{NEAR}"),
        ("$string(body.id)", str(BIG)),
        ("$string(body.rows)", json.dumps([{"id": BIG, "n": 1}, {"id": NEAR, "n": 2}], separators=(",", ":"))),
        ("body.rows{$string(id): n}", {str(BIG): 1, str(NEAR): 2}),
        ('$formatInteger(body.id, "0")', str(BIG)),
        ("$map(body.rows, function($r){ $r.id })", [BIG, NEAR]),
        ('body ~> |rows|{"n": 0}|', {"id": BIG, "near": NEAR, "rows": [{"id": BIG, "n": 0}, {"id": NEAR, "n": 0}]}),
        ("body.id * 2", 2**64),
        ("body.id ? body.id : 0", BIG),
        ("($x := body.id; $x)", BIG),
    ],
)
def test_passed_on(source: str, value: Any) -> None:
    body = {"id": BIG, "near": NEAR, "rows": [{"id": BIG, "n": 1}, {"id": NEAR, "n": 2}]}
    assert compile_expression(source).evaluate(exchange(body)) == value


def test_in_templates() -> None:
    template = compile_template({"id": "${body.id}", "url": "https://x/${body.id}?n=${[body.id]}"})
    assert template.evaluate(exchange({"id": BIG})) == {"id": BIG, "url": f"https://x/{BIG}?n=[{BIG}]"}


def test_digits_of_texts_stay() -> None:
    text = double_text(float(BIG))
    body = {"id": BIG, "card": text}
    assert compile_expression("body.card & ' '").evaluate(exchange(body)) == text + " "
    assert compile_expression("[body.id, body.card & '-']").evaluate(exchange(body)) == [BIG, text + "-"]
    assert compile_expression("'1234567890123456789' & ''").evaluate(exchange()) == "1234567890123456789"


@pytest.mark.parametrize("number", [10**30, -(10**400), 10**400, 2**64 + 1])
def test_larger_than_a_double(number: int) -> None:
    assert compile_expression("[body]").evaluate(exchange(number)) == [number]
    assert compile_expression("body").evaluate(exchange(number)) == number


def test_large_doubles_stay_what_they_are() -> None:
    assert compile_expression("[body.a, body.b]").evaluate(exchange({"a": 1e300, "b": 2.0**60})) == [1e300, 2**60]


@given(st.lists(integers, min_size=1, max_size=8))
def test_any_list_of_integers(numbers: list[int]) -> None:
    made = exchange({"n": numbers, "rows": [{"id": n, "at": place} for place, n in enumerate(numbers)]})
    assert compile_expression("$map(body.n, function($n){ $n })[]").evaluate(made) == numbers
    assert compile_expression("$sort(body.n)[]").evaluate(made) == sorted(numbers)
    assert compile_expression("$max(body.n)").evaluate(made) == max(numbers)
    assert compile_expression("$count($distinct(body.n))").evaluate(made) == len(set(numbers))
    assert compile_expression("[body.rows^(>id).id]").evaluate(made) == sorted(numbers, reverse=True)
    assert compile_expression("$join(body.n.$string($), ' ')").evaluate(made) == " ".join(map(str, numbers))
    for number in numbers:
        found = compile_expression("[body.rows[id = $$.properties.wanted].at]").evaluate(
            exchange(made.body, wanted=number)
        )
        assert found == [place for place, n in enumerate(numbers) if n == number]


@given(integers, integers)
def test_comparisons(a: int, b: int) -> None:
    made = exchange({"a": a, "b": b})
    for operator, result in (("=", a == b), ("!=", a != b), ("<", a < b), (">=", a >= b)):
        assert compile_expression(f"body.a {operator} body.b").evaluate(made) is result
        assert compile_expression(f"body.a {operator} {b}").evaluate(made) is result


@given(st.sets(st.one_of(integers, st.integers(10**308, 10**310)), max_size=12))
def test_stand_ins_are_distinct_and_in_order(numbers: set[int]) -> None:
    large = sorted(n for n in numbers if abs(n) >= 2**53)
    stand_ins = StandIns(large)
    doubles = [stand_ins.of(n) for n in large]
    assert doubles == sorted(set(doubles))
    assert stand_ins.restore(doubles, doubles) == large


@given(st.integers(2**53, 10**21 - 10**5).map(float))
def test_text_of_doubles_is_that_of_jsonata(number: float) -> None:
    assert compile_expression("$string($number(body))").evaluate(exchange(double_text(number))) == double_text(number)
