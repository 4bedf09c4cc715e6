import json
from collections.abc import Callable
from typing import Any

import pytest

from airdock.descriptor import Reader
from airdock.errors import Problem

RUNS = {"type": "flow", "module": "/shop/orders.flow"}


def test_a_job_has_its_expression_and_zone(reader: Reader) -> None:
    job = reader.read("job", json.dumps({"expression": "0 0 2 * * ?", "timezone": "Europe/Berlin", **RUNS}), "p/a.job")
    assert (job.expression.text, job.timezone) == ("0 0 2 * * ?", "Europe/Berlin")


def test_a_fault_is_told_at_its_column(refused: Callable[..., list[Problem]]) -> None:
    text = '{"type": "flow", "module": "/shop/orders.flow",\n "expression": "0 \\u0030 24 * * ?"}'
    (problem,) = refused(text, "job", "shop/a.job")
    assert problem.message == "`expression`: hours must be a number from 0 to 23, not 24"
    assert (problem.code, problem.hint) == ("descriptor.value", "midnight is 0")
    assert (problem.place.line, problem.place.column) == (2, 26)


@pytest.mark.parametrize(
    ("zone", "hint"),
    [
        ("europe/berlin", "did you mean 'Europe/Berlin'?"),
        ("Berlin", "did you mean 'Europe/Berlin'?"),
        ("Europe/Berln", "did you mean 'Europe/Berlin'?"),
        ("Europe", ""),
        ("../etc/passwd", ""),
        ("q\u0000", ""),
    ],
)
def test_an_unknown_zone_has_the_nearest_name(refused: Callable[..., list[Problem]], zone: str, hint: str) -> None:
    (problem,) = refused({"expression": "0 0 2 * * ?", "timezone": zone, **RUNS}, "job", "shop/a.job")
    assert problem.message.startswith("there is no time zone")
    assert not hint or problem.hint == hint


@pytest.mark.parametrize("value", [5, None, ["0 0 2 * * ?"]])
def test_they_are_texts(refused: Callable[..., list[Problem]], value: Any) -> None:
    problems = refused({"expression": value, "timezone": value, **RUNS}, "job", "shop/a.job")
    assert [each.code for each in problems] == ["descriptor.type", "descriptor.type"]
