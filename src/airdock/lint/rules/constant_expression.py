"""Expressions that decide something and do not depend on the message."""

from collections.abc import Iterator

from airdock.expressions import Expression
from airdock.lint.constants import constant_value
from airdock.lint.landscape import Landscape
from airdock.lint.subject import Finding, Subject
from airdock.steps.filter import Filter

CODE = "lint.constantExpression"


def check(subject: Subject, landscape: Landscape) -> Iterator[Finding]:
    for element in subject.elements:
        for name, value in element.values().items():
            if not isinstance(value, Expression) or not _decides(element, name):
                continue
            constant = constant_value(value)
            if constant is not None and not (name == "while" and constant):
                yield Finding(f"`{name}` is always {'true' if constant else 'false'}", element.place_of(name))


def _decides(element: object, name: str) -> bool:
    return name in ("when", "while") or (isinstance(element, Filter) and name == "expression")
