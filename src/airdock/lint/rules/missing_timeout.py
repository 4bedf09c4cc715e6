"""Flows that wait for something without a bound."""

from collections.abc import Iterator

from airdock.lint.landscape import Landscape
from airdock.lint.subject import Finding, Subject
from airdock.lint.walking import inner_blocks
from airdock.spec.step import Step

CODE = "lint.missingTimeout"


def check(subject: Subject, landscape: Landscape) -> Iterator[Finding]:
    if subject.kind != "flow" or subject.model.timeout is not None:
        return
    step = _waiting(subject.model.steps)
    if step is not None:
        message = f"the flow waits as long as its `{step.type}` takes: neither of them has a `timeout`"
        yield Finding(message, step.place)


def _waiting(steps: list[Step]) -> Step | None:
    """The first step that waits, and neither it nor one around it has a `timeout`."""
    for step in steps:
        if step.timeout is not None:
            continue
        if step.waits:
            return step
        for block in inner_blocks(step):
            found = _waiting(block)
            if found is not None:
                return found
    return None
