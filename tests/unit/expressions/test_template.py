"""Texts with `${...}`, and objects and lists of them."""

import copy
import datetime
import decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.errors import FlowError
from airdock.expressions import ExpressionSyntaxError, Limits, compile_template, render_text
from tests.unit.expressions.documents import FAILURES, code_of, exchange, refusal, values

BODY = {"name": "Ada", "n": 3, "list": [1, {"a": None}], "raw": b"\xff", "half": 0.5}


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ("plain", "plain"),
        ("", ""),
        ("${body.name}", "Ada"),
        ("${body.n}", 3),
        ("${ body.list }", [1, {"a": None}]),
        ("${body.missing}", None),
        ("Hello ${body.name}!", "Hello Ada!"),
        ("${body.name}${body.n}", "Ada3"),
        (" ${body.n}", " 3"),
        ("<${body.missing}>", "<>"),
        ("<${body.list}>", '<[1,{"a":null}]>'),
        ("<${body.n > 2}>", "<true>"),
        ("$${body.name}", "${body.name}"),
        ("$$${body.name}", "$${body.name}"),
        ("$${a} ${body.n} $${b}", "${a} 3 ${b}"),
        ("costs $5 or $", "costs $5 or $"),
        ("}{${body.n}}", "}{3}"),
        ('${ {"a": {"b": "}"}}.a.b }', "}"),
        ('x${ \'}\' & "\\"}" }', 'x}"}'),
        ("x${ `odd } name` }", "x"),
        ("x${ /* } */ body.n }", "x3"),
        ('x${ $replace("a{b", /\\{/, "}") }', "xa}b"),
        ('x${ $contains("aa", /a{2}/) }', "xtrue"),
        ("x${ body.n / 3 / 1 }", "x1"),
        ({"${body.n}": "${body.n}", "c": [1, "x${body.n}"]}, {"${body.n}": 3, "c": [1, "x3"]}),
        (["${body.name}", None, True, 1.5], ["Ada", None, True, 1.5]),
        (7, 7),
    ],
)
def test_value(template: Any, value: Any) -> None:
    assert compile_template(template).evaluate(exchange(BODY)) == value


@pytest.mark.parametrize("template", ["a", "$${a}", {"a": ["b", 1]}, None, 5, [], {}])
def test_what_has_no_expression_is_constant(template: Any) -> None:
    compiled = compile_template(template)
    assert compiled.constant
    assert compiled.needs == set()
    assert compiled.evaluate(exchange()) == compiled.value


def test_needs_are_those_of_all_its_expressions() -> None:
    compiled = compile_template({"a": "x ${body.n} ${request.query.q}", "b": ["${run.id}"]})
    assert not compiled.constant
    assert compiled.needs == {"body", "request.query", "run"}


@pytest.mark.parametrize("template", [{"a": [{}]}, {"a": [{}], "b": "${body.n}"}, [[1], "${body.list}"]])
def test_evaluations_share_nothing(template: Any) -> None:
    compiled, made = compile_template(template), exchange(copy.deepcopy(BODY))
    first = compiled.evaluate(made)
    before = copy.deepcopy(first)
    first["a" if isinstance(first, dict) else 0].append("spoilt")
    if isinstance(first, list):
        first[1].append("spoilt")
    assert compiled.evaluate(made) == before
    assert made.body == BODY


def test_the_template_does_not_follow_later_changes_of_its_source() -> None:
    source: dict[str, Any] = {"a": [1], "b": "${body.n}"}
    compiled = compile_template(source)
    source["a"].append(2)
    assert compile_template({"a": [1]}).evaluate(exchange()) == {"a": [1]}
    assert compiled.evaluate(exchange(BODY)) == {"a": [1], "b": 3}


@pytest.mark.parametrize(
    ("template", "pointer", "offset", "message"),
    [
        ("ab ${1 +} c", (), 8, "ends too early"),
        ("ab ${body", (), 3, "not closed"),
        ("${ '}", (), 0, "not closed"),
        ("${ {1} }", (), 5, "missing before"),
        ("é${}", (), 3, "ends too early"),
        ({"a": [0, "x${$eval('1')}"]}, ("a", 1), 3, "off"),
        ({"a": {"b": "${"}}, ("a", "b"), 0, "not closed"),
    ],
)
def test_syntax_errors(template: Any, pointer: tuple[Any, ...], offset: int, message: str) -> None:
    with pytest.raises(ExpressionSyntaxError) as raised:
        compile_template(template)
    assert (raised.value.pointer, raised.value.offset) == (pointer, offset)
    assert message in raised.value.message


def test_a_value_without_end_is_refused() -> None:
    template: list[Any] = []
    template.append(template)
    with pytest.raises(ExpressionSyntaxError, match="nested deeper"):
        compile_template(template)


def test_limits_are_those_given() -> None:
    with pytest.raises(FlowError) as raised:
        compile_template("${[1..100]}", Limits(max_array_length=10)).evaluate(exchange())
    assert raised.value.code == "expression.limit"


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("a", "a"),
        ("${body.n}", "3"),
        ("${body.missing}", ""),
        ({"n": "${body.n}"}, '{"n":3}'),
        ([1, 2], "[1,2]"),
        (None, ""),
    ],
)
def test_text(template: Any, text: str) -> None:
    assert compile_template(template).text(exchange(BODY)) == text


def test_bytes_that_are_no_text_are_an_error() -> None:
    with pytest.raises(FlowError) as raised:
        compile_template("x${body.raw}").evaluate(exchange(BODY))
    assert raised.value.code == "expression.type"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""), (True, "true"), (False, "false"), (0, "0"), (2**63 - 1, "9223372036854775807"),
        (1.0, "1"), (1e16, "10000000000000000"), (0.1, "0.1"), (1e-7, "1e-7"), (float("nan"), ""), (-0.5, "-0.5"),
        (b"\xc3\xa9", "é"), (bytearray(b"a"), "a"), ("é", "é"),
        ({"a": [1, "é", None]}, '{"a":[1,"é",null]}'), ([], "[]"), ((1, 2), "[1,2]"),
        ([2**64], "[18446744073709551616]"), ({"d": decimal.Decimal("1.50")}, '{"d":1.50}'),
        (decimal.Decimal("1E+3"), "1000"), (datetime.date(2024, 2, 29), "2024-02-29"),
    ],
)  # fmt: skip
def test_rendering(value: Any, text: str) -> None:
    assert render_text(value) == text


@pytest.mark.parametrize("value", [object(), {"a": object()}, int])
def test_objects_of_a_program_have_no_text(value: Any) -> None:
    with pytest.raises(FlowError) as raised:
        render_text(value)
    assert raised.value.code == "expression.type"


@given(st.text(alphabet="${}ab \"'`/*\\"))
def test_escaping_gives_any_text_back(text: str) -> None:
    escaped = text.replace("${", "$${")
    assert compile_template(escaped).evaluate(exchange()) == text
    if not text.endswith("$"):  # a `$` right in front of a `${` makes it a literal one
        assert compile_template(escaped + "${body.n}").text(exchange(BODY)) == text + "3"


@given(st.text(alphabet="${}ab1+ \"'`/*\\.[]()", max_size=20))
def test_any_text_compiles_or_says_where_it_does_not(text: str) -> None:
    refused = refusal(lambda: compile_template(text))
    if refused:
        assert 0 <= refused.offset <= len(text)
    else:
        assert code_of(lambda: compile_template(text).text(exchange(BODY))) in FAILURES


@given(values)
def test_a_value_in_a_text_is_its_json(value: Any) -> None:
    whole = compile_template("${body.v}").text(exchange({"v": value}))
    assert compile_template("<${body.v}>").text(exchange({"v": value})) == f"<{whole}>"


def test_the_parts_of_a_text() -> None:
    first, second, third = compile_template("a/${body.n}/$${b}").parts
    assert (first, getattr(second, "source", ""), third) == ("a/", "body.n", "/${b}")
    assert compile_template("plain").parts == ()
    assert compile_template(["${body}"]).parts == ()
