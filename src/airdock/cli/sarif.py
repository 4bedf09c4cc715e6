"""Problems as a SARIF 2.1.0 log, which code hosts and editors read."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import airdock
from airdock.cli.problems import sentence, shown_file
from airdock.codes import CODES, LINT
from airdock.errors import Problem

_LEVELS = {"error": "error", "warning": "warning", "hint": "note"}


def sarif_log(problems: Sequence[Problem], folder: Path) -> dict[str, Any]:
    """One run with all of them; the rules are those that found something."""
    codes = sorted({problem.code for problem in problems})
    rules = [_rule(code) for code in codes]
    driver = {"name": "airdock", "version": airdock.__version__, "rules": rules}
    results = [_result(problem, codes.index(problem.code), folder) for problem in problems]
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }


def _rule(code: str) -> dict[str, Any]:
    declared = LINT.get(code) or CODES[code]
    return {"id": code, "shortDescription": {"text": declared.meaning}, "help": {"text": declared.advice}}


def _result(problem: Problem, rule: int, folder: Path) -> dict[str, Any]:
    location: dict[str, Any] = {"artifactLocation": {"uri": quote(shown_file(problem, folder))}}
    if problem.place.line:
        location["region"] = {"startLine": problem.place.line, "startColumn": max(problem.place.column, 1)}
    return {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": _LEVELS[problem.severity],
        "message": {"text": sentence(problem)},
        "locations": [{"physicalLocation": location}],
    }
