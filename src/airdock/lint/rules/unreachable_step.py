"""Steps behind one that always ends the flow."""

from collections.abc import Iterator
from itertools import pairwise

from airdock.lint.ending import Ending
from airdock.lint.landscape import Landscape
from airdock.lint.subject import Finding, Subject

CODE = "lint.unreachableStep"


def check(subject: Subject, landscape: Landscape) -> Iterator[Finding]:
    ending = Ending(subject.handlers)
    for steps in subject.blocks:
        for step, behind in pairwise(steps):
            if ending.ends(step):
                message = f"this step is never reached: the `{step.type}` in line {step.place.line} ends the flow"
                yield Finding(message, behind.place)
                break
