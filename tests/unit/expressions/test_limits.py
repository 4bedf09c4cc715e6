"""Every evaluation ends."""

import threading
import time
from typing import Any

import pytest
from jlens import Expression

from airdock.errors import FlowError
from airdock.expressions import Limits, compile_expression
from tests.unit.expressions.documents import FAILURES, code_of, exchange

TIGHT = Limits(
    timeout=0.2, max_steps=1_000_000, max_array_length=100_000, max_string_length=1_000_000, max_result_size=1_000_000
)
PATIENCE = 10.0
"""Seconds: far more than any bound here, so that a busy machine is no failure, and far less than for ever."""


@pytest.mark.parametrize(
    "source",
    [
        "($f := function(){ $f() }; $f())",
        "($f := function($n){ 1 + $f($n) }; $f(1))",
        "($f := function($x){ [$f($x), $f($x)] }; $f(1))",
        "($f := function($n){ $n > 0 ? {'a': $f($n - 1)} : 1 }; $f(100000))",
        "($f := function($s){ $f($s & $s) }; $f('aaaaaaaa'))",
        "$match($pad('', 30, 'a') & 'b', /(a+)+$/)",
        "$replace($pad('', 100000, 'a'), /(a|a)*b/, '')",
        "[1..10000000]",
        "[1..100000000]",
        "$pad('', 100000000, 'a')",
        "[1..1000].([1..1000].([1..1000]))",
        "$map([1..90000], function($a){ $map([1..90000], function($b){ $a + $b }) })",
        "$reduce([1..90000], function($a, $b){ $append($a, [$a, $b]) })",
        "$reduce([1..20], function($a, $b){ {'a': $a, 'b': $a} })",
        "$join([1..90000].('abcdefghijklmnopqrstuvwxyz'))",
        "$distinct([1..50000])",
        "[1..50000] ~> $distinct",
        "$map([[1..50000]], function($x){ $distinct($x) })",
        "($d := $distinct; $d([1..50000]))",
        "$sort([1..90000], function($a, $b){ $string($a) > $string($b) })",
        "$formatInteger(1e15, 'I')",
        "(" * 700 + "1" + ")" * 700,
    ],
)
def test_hostile_expressions_end(source: str) -> None:
    started = time.monotonic()
    with pytest.raises(FlowError) as raised:
        compile_expression(source, TIGHT).evaluate(exchange())
    assert raised.value.code == "expression.limit"
    assert raised.value.details["jsonata"]
    assert len(raised.value.message) < 200
    assert time.monotonic() - started < PATIENCE


def nested(depth: int, inner: Any = 1) -> Any:
    for _ in range(depth):
        inner = {"a": inner}
    return inner


def circular() -> Any:
    made: dict[str, Any] = {}
    made["a"] = made
    return made


@pytest.mark.parametrize("body", [nested(100_000), nested(2000, 10**400), nested(2000, {1}), circular()])
@pytest.mark.parametrize("source", ["body", "[body]", "$string(body)", "**", "body = body.a"])
def test_values_nested_without_end(source: str, body: Any) -> None:
    assert code_of(lambda: compile_expression(source).evaluate(exchange(body))) in FAILURES


def test_long_chains_are_no_abuse() -> None:
    assert compile_expression("&".join(["body"] * 400)).evaluate(exchange("ab")) == "ab" * 400
    assert compile_expression("$count($distinct([1..10000]))").evaluate(exchange()) == 10_000


@pytest.mark.parametrize(
    "source",
    [
        "$distinct(body.b)", "$distinct(body.b)[]", "body.b ~> $distinct", "$exists($distinct(body.x))",
        "$distinct(body.c.d)", "body.c.d ~> $distinct()",
        "$distinct(?)([1, 1])", '{"x": $distinct(body.c.d)}', "body.c.($distinct(d))",
        "$map([[1, 1], [2]], $distinct)", "$distinct(null)", "$distinct('a')", "$distinct([])", "$distinct(body)",
    ],
)  # fmt: skip
def test_the_bound_on_distinct_changes_nothing_else(source: str) -> None:
    body = {"b": [1, 1, 2], "c": [{"d": 1}, {"d": 1}]}
    expected = Expression(source).evaluate({"body": body, "properties": {}, "request": {}})
    assert compile_expression(source).evaluate(exchange(body)) == expected


def test_positions_are_those_of_the_source_with_distinct() -> None:
    with pytest.raises(FlowError) as raised:
        compile_expression("$distinct(1) + 'a'").evaluate(exchange())
    assert raised.value.details["position"] == 14


def test_bounds_can_be_set() -> None:
    source = "$count([1..100])"
    assert compile_expression(source).evaluate(exchange()) == 100
    with pytest.raises(FlowError):
        compile_expression(source, Limits(max_array_length=99)).evaluate(exchange())


def test_threads_share_an_expression() -> None:
    expression = compile_expression("$sum(body.n) + properties.k")
    failures: list[Any] = []

    def work(k: int) -> None:
        made = exchange({"n": list(range(50))}, k=k)
        failures.extend(value for _ in range(200) if (value := expression.evaluate(made)) != 1225 + k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


class Unreadable(dict[str, Any]):
    """A part of the message that must not be touched."""

    def _refuse(self, *_: Any) -> Any:
        raise AssertionError("read")

    __getitem__ = __iter__ = keys = values = items = get = _refuse


def test_unread_parts_are_not_touched() -> None:
    made = exchange({"amount": 5, "kind": "x", "huge": Unreadable(a=Unreadable())})
    assert compile_expression('body.amount > 3 and body.kind = "x"').evaluate(made) is True
    assert compile_expression('body.kind & "!"').evaluate(made) == "x!"
