"""Loops that nothing ends."""

from collections.abc import Iterator

from airdock.expressions import Expression
from airdock.lint.constants import constant_value
from airdock.lint.facts import facts_of
from airdock.lint.landscape import Landscape
from airdock.lint.subject import Finding, Subject
from airdock.lint.walking import steps
from airdock.spec.step import Step
from airdock.steps.stop import Stop
from airdock.steps.throw import Throw

CODE = "lint.endlessLoop"


def check(subject: Subject, landscape: Landscape) -> Iterator[Finding]:
    timed = subject.kind == "flow" and subject.model.timeout is not None
    for step in () if timed else subject.steps:
        condition = step.values().get("while")
        if isinstance(condition, Expression) and constant_value(condition) is True and not _may_end(step):
            yield Finding("`while` is always true, and nothing inside ends the loop", step.place_of("while"))


def _may_end(step: Step) -> bool:
    facts = facts_of(step)
    inside = [each for each in steps(step) if isinstance(each, Stop | Throw)]
    return bool(step.timeout is not None or inside or facts.opaque or facts.calls or facts.allows)
