"""A template neither goes on for ever nor makes a gigabyte."""

import tracemalloc

import pytest

from airdock.errors import FlowError
from airdock.steps.jinja.budget import WEIGHT, Budget
from tests.unit.steps.jinja.pages import code, render

GROWING = "{% set ns = namespace(x='a') %}{% for i in range(60) %}{% set ns.x = EXPR %}{% endfor %}{{ ns.x }}"
BODY = {"text": "x" * 1000, "many": list(range(100_000)), "lines": "\n" * 10_000}

EXCESSES = [
    "{{ 'x' * 10 ** 9 }}",
    "{{ 10 ** 9 * 'x' }}",
    "{{ [1] * 10 ** 9 }}",
    GROWING.replace("EXPR", "ns.x ~ ns.x"),
    GROWING.replace("EXPR", "ns.x + ns.x"),
    GROWING.replace("EXPR", "ns.x|replace('a', 'aa')"),
    GROWING.replace("EXPR", "[ns.x, ns.x]|join"),
    GROWING.replace("EXPR", "[ns.x, ns.x]"),
    GROWING.replace("EXPR", "(ns.x, ns.x)"),
    GROWING.replace("EXPR", "{'a': ns.x, 'b': ns.x}"),
    GROWING.replace("EXPR", "[body.missing, body.missing]|map('default', ns.x)|list"),
    GROWING.replace("EXPR", "'%s%s'|format(ns.x, ns.x)"),
    "{% set ns = namespace(x='a') %}{% for i in range(60) %}{% set t %}{{ ns.x }}{{ ns.x }}{% endset %}"
    "{% set ns.x = t %}{% endfor %}",
    "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
    "{% for a in range(100000) %}{% for b in range(100000) if false %}{% endfor %}{% endfor %}",
    "{% for a in range(100000) recursive %}{{ loop(range(100000)) }}{% endfor %}",
    "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
    "{% macro m(n) %}{% if n < 60 %}{{ m(n + 1) }}{{ m(n + 1) }}{% endif %}{% endmacro %}{{ m(0) }}",
    "{% for i in range(100000) %}{{ body.text }}{% endfor %}",
    "{% for i in range(100000) %}" + "literal text " * 10 + "{% endfor %}",
    "{% macro m() %}" + "y" * 5000 + "{% endmacro %}{% for i in range(100000) %}{% set x = m() %}{% endfor %}",
    "{% for i in range(100000) %}{% set x %}" + "y" * 5000 + "{% endset %}{% endfor %}",
    "{% for i in range(100000) %}{% filter upper %}" + "y" * 500 + "{% endfilter %}{% endfor %}",
    "{{ body.text|replace('x', body.text)|replace('x', body.text) }}",
    "{{ body.text|replace('', body.text)|replace('', body.text) }}",
    "{{ range(100000)|map('center', 900)|join }}",
    "{{ range(100000)|map('center', 900)|list|length }}",
    "{{ range(100000)|join(body.text) }}",
    "{{ body.lines|indent(1000, blank=true) }}",
    "{{ [body] * 100000 }}",
    "{{ ([body] * 100000)|tojson }}",
    "{{ ([body] * 100000)|upper }}",
    "{{ {'a': [body] * 100000}|xmlattr }}",
    "{{ {'a': [body] * 100000}|urlencode }}",
    "{{ '%s'|format([body] * 100000) }}",
    "{{ range(100000)|select('in', body.many)|list|length }}",
]


@pytest.mark.parametrize("text", EXCESSES)
def test_an_excess_is_stopped(text: str) -> None:
    tracemalloc.start()
    try:
        assert code(text, BODY) == "template.limit"
        assert tracemalloc.get_traced_memory()[1] < 150 * 1024**2
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "text",
    [
        "{{ '%999999999d'|format(1) }}",
        "{{ '%*d'|format(99999999, 1) }}",
        "{{ '%.999999999f'|format(1) }}",
        "{{ 'x'|center(10 ** 9) }}",
        "{{ 'x'|indent(10 ** 9) }}",
        "{{ 1|round(10 ** 9) }}",
        "{{ [1]|batch(10 ** 9, 'x')|list }}",
        "{{ 10 ** 30 * 10 ** 30 * 10 ** 30 }}",
        "{{ 9 ** 99 ** 9 }}",
        "{{ 2 ** 1000 }}",
        "{{ range(10 ** 6) }}",
        "{{ [[1]]|sum(start=[]) }}",
        "{{ '%s' % 1 }}",
    ],
)
def test_what_needs_no_bound_of_its_own_is_refused_by_its_size(text: str) -> None:
    assert code(text) == "template.failed"


def test_the_answer_has_a_size() -> None:
    assert render("{{ body }}", "x" * 100, size=100) == "x" * 100
    assert code("{{ body }}", "x" * 101, size=100) == "template.limit"
    assert code("x" * 101, size=100) == "template.limit"


def test_a_budget_counts_what_stands_in_containers_each_time() -> None:
    budget = Budget(100)
    container: list[object] = ["x", "y"]
    budget.made(container)
    for _ in range(17):
        container = [container, container]
        budget.made(container)
    assert budget.is_made(container)
    with pytest.raises(FlowError, match=f"{WEIGHT:,} values"):
        budget.made([container] * 10)


def test_time_and_steps_run_out() -> None:
    with pytest.raises(FlowError, match="longer than 0 s"):
        Budget(100, seconds=0).use()
    budget = Budget(100, steps=2)
    budget.use()
    with pytest.raises(FlowError, match="does more than"):
        budget.use()
