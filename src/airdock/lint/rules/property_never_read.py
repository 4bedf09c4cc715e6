"""Properties that are set and never read."""

from collections.abc import Iterator

from airdock.lint.facts import facts_of
from airdock.lint.landscape import Landscape
from airdock.lint.subject import Finding, Subject

CODE = "lint.propertyNeverRead"


def check(subject: Subject, landscape: Landscape) -> Iterator[Finding]:
    facts = facts_of(subject.model)
    around = landscape.together(subject.path)
    handlers = facts_of(subject.settings)
    if around.opaque or around.reads_all or handlers.opaque or handlers.reads_all:
        return
    for name, place in facts.sets.items():
        if name not in around.reads and name not in handlers.reads:
            yield Finding(f"nothing reads the property '{name[:60]}' that is set here", place)
