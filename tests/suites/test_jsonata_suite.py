"""The official JSONata suite, run against the engine behind expressions.

The suite is not part of the project: `AIRDOCK_JSONATA_SUITE` names a file with its cases and data sets. The cases
whose outcome differs are kept beside this test, each with the reason, and stand in the reference.
"""

import json
import math
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from airdock.expressions import ExpressionSyntaxError, Limits
from airdock.expressions.engine import EngineError, Program

SUITE = os.environ.get("AIRDOCK_JSONATA_SUITE", "")
DIFFERENCES = Path(__file__).with_name("jsonata_differences.json")
REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "expressions.md"
PARTS = 4
STAND_FOR = {"U1001": ("D1011", "D1012")}
"""A code of the suite's own runner, for too deep and for too long, and the codes that the language has for it now."""

needs_suite = pytest.mark.skipif(
    not Path(SUITE).is_file(),
    reason="set AIRDOCK_JSONATA_SUITE to the JSON file with the official JSONata cases (`cases` and `datasets`)",
)


@cache
def suite() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(Path(SUITE).read_text())
    return loaded


def differences() -> dict[str, str]:
    """The ids of the cases that differ, with the reason."""
    return {entry["id"]: entry["reason"] for entry in json.loads(DIFFERENCES.read_text())}


def limits(case: dict[str, Any]) -> Limits:
    """As wide as the suite needs: it has ranges of ten million items. A `depth` matters where it must be reached."""
    wide = 1 << 40
    return Limits(
        timeout=case.get("timelimit", 10_000) / 1000,
        max_depth=case["depth"] if "code" in case and "depth" in case else 500,
        max_steps=wide,
        max_string_length=wide,
        max_array_length=wide,
        max_result_size=wide,
    )


def document(case: dict[str, Any]) -> Any:
    name = case.get("dataset")
    return suite()["datasets"][name] if name is not None else case.get("data")


def outcome(case: dict[str, Any]) -> Any:
    """What the engine makes of a case: its value, or its code as `{"code": …}`."""
    try:
        return Program(case["expr"], limits(case)).run(document(case), case.get("bindings") or None)
    except EngineError as error:
        return {"code": error.code}
    except ExpressionSyntaxError as error:
        return {"code": error.message.rpartition("(")[2].rstrip(")")}


def passes(case: dict[str, Any]) -> bool:
    got = outcome(case)
    if case.get("undefinedResult"):
        return got is None
    if "result" in case:
        expected = case["result"]
        if case.get("unordered") and isinstance(got, list):
            return sorted(map(repr, got)) == sorted(map(repr, expected)) or alike(got, expected)
        return alike(got, expected)
    code = case["code"] if "code" in case else case["error"]["code"]
    return isinstance(got, dict) and got.get("code") in (code, *STAND_FOR.get(code, ()))


def alike(a: Any, b: Any) -> bool:
    """Equality of JSON values: 1 is 1.0, but not true."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-12)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(alike(value, b[key]) for key, value in a.items())
    return bool(a == b)


@needs_suite
@pytest.mark.parametrize("part", range(PARTS))
def test_the_cases_that_differ_are_those_listed(part: int) -> None:
    cases = suite()["cases"][part::PARTS]
    differing = {case["id"] for case in cases if not passes(case)}
    listed = differences().keys() & {case["id"] for case in cases}
    assert differing == listed


@needs_suite
def test_every_listed_case_is_in_the_suite() -> None:
    assert differences().keys() <= {case["id"] for case in suite()["cases"]}


def test_the_reference_lists_the_cases_that_differ() -> None:
    page = REFERENCE.read_text()
    for case, reason in differences().items():
        assert f"| `{case}` | {reason} |" in page
