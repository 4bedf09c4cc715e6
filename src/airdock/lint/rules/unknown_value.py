"""Values that expressions read and no message has."""

from collections.abc import Iterator
from typing import Any

from airdock.descriptor.names import hint
from airdock.expressions import Expression
from airdock.expressions.names import PARTS
from airdock.lint.landscape import Landscape
from airdock.lint.subject import Finding, Subject
from airdock.lint.walking import expressions
from airdock.steps.branches.gathering import STRATEGIES

CODE = "lint.unknownValue"

_KINDS = frozenset({"flow", "project"})
"""Where expressions see a message."""
_SOMEWHERE = frozenset({"branches", "resource", "slip", "a", "b"})
"""What some steps give to expressions of theirs, beside the parts that all see."""


def check(subject: Subject, landscape: Landscape) -> Iterator[Finding]:
    if subject.kind not in _KINDS:
        return
    for element in subject.elements:
        for field, value in element.values().items():
            for expression in expressions(value):
                if field == "aggregate" and expression.source.strip() in STRATEGIES:
                    continue
                for message, advice in _unknown(expression):
                    yield Finding(message, element.place_of(field), advice)


def _unknown(expression: Expression) -> Iterator[tuple[str, str]]:
    reads = expression.reads
    if reads is True:
        return
    for name in sorted(reads.keys() - PARTS - _SOMEWHERE):
        yield f"no message has a `{name[:60]}`", hint(name, PARTS) or f"`body.{name[:60]}` is a part of the body"
    for where, headers in _headers(reads):
        for name in sorted(headers):
            if name != name.lower():
                yield f"`{where}` has no '{name[:60]}'", f"names of headers are lower-case: '{name.lower()[:60]}'"


def _headers(reads: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    request = reads.get("request")
    for where, headers in (
        ("headers", reads.get("headers")),
        ("request.headers", request.get("headers") if isinstance(request, dict) else None),
    ):
        if isinstance(headers, dict):
            yield where, headers
