"""Steps that keep something and have no name."""

from collections.abc import Iterator

from airdock.lint.landscape import Landscape
from airdock.lint.subject import Finding, Subject

CODE = "lint.unnamedState"


def check(subject: Subject, landscape: Landscape) -> Iterator[Finding]:
    for step in subject.steps:
        if step.stateful and not step.name:
            message = f"`{step.type}` keeps what it knows by its position: a step in front of it would make it forget"
            yield Finding(message, step.place, "give it a `name`")
