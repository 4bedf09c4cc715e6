"""A `try` that does nothing."""

from collections.abc import Iterator

from airdock.lint.landscape import Landscape
from airdock.lint.subject import Finding, Subject
from airdock.steps.try_ import Try

CODE = "lint.idleTry"


def check(subject: Subject, landscape: Landscape) -> Iterator[Finding]:
    for step in subject.steps:
        if isinstance(step, Try) and not step.catch and not step.finally_:
            yield Finding("this `try` has neither `catch` nor `finally`", step.place)
