import json
from collections.abc import Callable
from typing import Any

import pytest

from airdock.descriptor import Reader
from airdock.errors import Problem


def place(problem: Problem) -> tuple[int, int, str]:
    return problem.place.line, problem.place.column, problem.place.path


def test_expressions_and_templates_are_compiled(reader: Reader) -> None:
    text = json.dumps({"steps": [{"type": "say", "when": "body.amount > 100", "message": {"id": "${body.id}"}}]})
    step: Any = reader.read("flow", text, "a.flow").steps[0]
    assert step.when.source == "body.amount > 100"
    assert not step.message.constant


def test_an_expression_that_does_not_compile_is_refused_at_its_place(refused: Callable[..., list[Problem]]) -> None:
    (found,) = refused('{"steps": [\n {"type": "say", "message": "x",\n  "when": "\\u0061 = \\"b\\" and )"}]}')
    assert found.code == "expression.syntax"
    assert found.message.startswith("`when`: ")
    line, column, path = place(found)
    assert (line, path) == (3, "$.steps[0].when")
    assert 12 <= column <= 34


def test_a_template_is_refused_at_the_text_inside_it(refused: Callable[..., list[Problem]]) -> None:
    (found,) = refused('{"steps": [{"type": "say", "message": {"a": ["x",\n "${ )( }"]}}]}')
    assert found.code == "expression.syntax"
    assert found.message.startswith("item 2 of `a`: ")
    line, column, path = place(found)
    assert (line, path) == (2, "$.steps[0].message.a[1]")
    assert 2 <= column <= 10


def test_an_expression_field_with_braces_gets_a_hint(refused: Callable[..., list[Problem]]) -> None:
    (found,) = refused({"steps": [{"type": "say", "message": "x", "when": "${body.a}"}]})
    assert found.hint == "an expression field is written without ${ }"


def test_an_expression_is_a_text(many_refused: Callable[..., list[str]]) -> None:
    assert many_refused(when=True) == [
        '`when` must be an expression, which is a text, not true or false: write it in quotes: "true"'
    ]


def test_constants_are_checked_as_what_they_must_become(many_refused: Callable[..., list[str]]) -> None:
    assert many_refused(delay="5 parsecs") == [
        '`delay` must be a duration such as "250ms", "30s" or "5m", not \'5 parsecs\''
    ]
    assert many_refused(status=99) == ["`status` must be from 200 to 599, not 99"]
    assert many_refused(status="99") == ["`status` must be from 200 to 599, not 99"]
    assert many_refused(status="high") == ["`status` must be a whole number, not a text"]


@pytest.mark.parametrize(
    "fields", [{"delay": "5s"}, {"delay": "${x}s"}, {"status": 204}, {"status": "204"}, {"status": "${x}"}]
)
def test_constants_that_fit_and_templates_are_kept(many: Callable[..., Any], fields: dict[str, Any]) -> None:
    step = many(**fields)
    name, written = next(iter(fields.items()))
    template = getattr(step, name)
    if template.constant:
        assert template.value == written
    else:
        assert "${" in str(written)
