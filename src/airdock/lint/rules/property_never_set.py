"""Properties that expressions read and nothing sets."""

from collections.abc import Iterator

from airdock.descriptor.names import hint
from airdock.lint.facts import facts_of
from airdock.lint.landscape import Landscape
from airdock.lint.subject import Finding, Subject

CODE = "lint.propertyNeverSet"


def check(subject: Subject, landscape: Landscape) -> Iterator[Finding]:
    facts = facts_of(subject.model)
    around = landscape.together(subject.path)
    if not facts.reads or around.opaque:
        return
    handlers = facts_of(subject.settings)
    if handlers.opaque:
        return
    known = around.sets | handlers.sets.keys()
    for name, place in facts.reads.items():
        if name not in known:
            yield Finding(f"nothing sets the property '{name[:60]}' that is read here", place, hint(name, known))
