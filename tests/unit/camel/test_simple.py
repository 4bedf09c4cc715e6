"""The Simple language: its sources in JSONata, and what these give."""

from typing import Any

import pytest

from airdock.camel.durations import duration, quartz
from airdock.camel.notes import UntranslatableError
from airdock.camel.simple import expression_of, predicate_of, template_of
from airdock.expressions import compile_expression

DOCUMENT = {
    "body": {"name": "Joe", "n": 5, "items": [1, 2], "text": "Hello World"},
    "headers": {"n": "5", "x-kind": "Gold", "empty": ""},
    "properties": {"tier": "gold"},
    "error": {"message": "it broke"},
    "config": {},
}


@pytest.mark.parametrize(
    ("simple", "expected"),
    [
        ("${body.n} == 5", True),
        ("${body.n} != 5", False),
        ("${header.n} > 4", True),
        ("${header.n} == '5'", True),
        ("${header[x-kind]} =~ 'gold'", True),
        ("${headers.X-Kind} == 'Gold'", True),
        ("${body.text} contains 'World'", True),
        ("${body.text} !contains 'World'", False),
        ("${body.text} ~~ 'WORLD'", True),
        ("${body.text} starts with 'Hello'", True),
        ("${body.text} endsWith 'World'", True),
        ("${body.text} regex 'H.*d'", True),
        ("${body.text} regex 'ello'", False),
        ("${header.n} in '4,5'", True),
        ("${header.n} !in '4,5'", False),
        ("${header.n} range '1..5'", True),
        ("${body.text} is 'String'", True),
        ("${header.none} == null", True),
        ("${header.n} != null", True),
        ("${body.n} == 5 && ${exchangeProperty.tier} == 'gold'", True),
        ("${body.n} == 6 || ${variable.tier} == 'gold'", True),
        ("${exception.message} contains 'broke'", True),
        ("'a && b' == 'a && b'", True),
        ("${body.items.size()} == 2", True),
    ],
)
def test_a_predicate_gives_what_camel_gives(simple: str, expected: bool) -> None:
    source = predicate_of(simple)
    assert bool(compile_expression(source).evaluate_document(DOCUMENT)) is expected, source


@pytest.mark.parametrize(
    ("simple", "expected"),
    [
        ("${body.name}", "Joe"),
        ("Dear ${body.name} (${header.n})", "Dear Joe (5)"),
        ("${body.items[1]}", 2),
        ("${body[name]}", "Joe"),
        ("${bodyAs(String)}", None),
        ("${properties:limit:7}", "7"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_a_value(simple: str, expected: Any) -> None:
    value = compile_expression(expression_of(simple)).evaluate_document(DOCUMENT)
    assert value == expected or expected is None


def test_a_text_stays_a_text() -> None:
    assert template_of("Dear ${body.name}, ${random(1,3)}") == "Dear ${body.name}, ${$floor($random() * 2) + 1}"


@pytest.mark.parametrize(
    "simple",
    [
        "${bean:x}",
        "${body.x()}",
        "${date:header.x:yyyy}",
        "${date:now:GGG}",
        "${uuid}",
        "${body.a",
        "${exception.stacktrace}",
    ],
)
def test_what_has_no_counterpart_is_refused(simple: str) -> None:
    with pytest.raises(UntranslatableError):
        template_of(simple)


@pytest.mark.parametrize("simple", ["${body} is 'com.acme.X'", "${body} range 'a..b'", "== 5"])
def test_a_predicate_without_counterpart_is_refused(simple: str) -> None:
    with pytest.raises(UntranslatableError):
        predicate_of(simple)


@pytest.mark.parametrize(
    ("camel", "ours"), [("1500", "1500ms"), (2000, "2s"), ("1m30s", "90s"), ("1h", "1h"), ("250ms", "250ms")]
)
def test_times(camel: Any, ours: str) -> None:
    assert duration(camel) == ours


@pytest.mark.parametrize("wrong", ["soon", "5 apples", ""])
def test_what_is_no_time(wrong: str) -> None:
    with pytest.raises(UntranslatableError):
        duration(wrong)


@pytest.mark.parametrize(
    ("seconds", "expression"),
    [
        (5, "0/5 * * * * ?"),
        (60, "0 0/1 * * * ?"),
        (900, "0 0/15 * * * ?"),
        (7200, "0 0 0/2 * * ?"),
        (86400, "0 0 0 * * ?"),
    ],
)
def test_intervals(seconds: float, expression: str) -> None:
    assert quartz(seconds) == expression
    with pytest.raises(UntranslatableError):
        quartz(seconds + 0.5)
