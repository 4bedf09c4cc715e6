"""The rules of lint as `airdock check --rules` lists them."""

from collections.abc import Iterator
from typing import Any

from airdock.cli.terminal import paint
from airdock.codes import LINT


def rule_lines() -> Iterator[str]:
    """For people: a line for each, and the advice beneath it."""
    for rule in LINT.values():
        severity = rule.severity if rule.enabled else f"{rule.severity}, off by default"
        yield f"{paint(rule.code, 'bold')} ({severity})"
        yield f"  {rule.meaning}"
        yield f"  {paint(rule.advice, 'dim')}"


def rule_documents() -> list[dict[str, Any]]:
    """For programs: one object for each."""
    return [
        {
            "code": rule.code,
            "severity": rule.severity,
            "enabled": rule.enabled,
            "meaning": rule.meaning,
            "advice": rule.advice,
        }
        for rule in LINT.values()
    ]
