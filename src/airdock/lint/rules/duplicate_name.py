"""Names that two steps have where they must tell them apart."""

from collections.abc import Iterator

from airdock.lint.landscape import Landscape
from airdock.lint.subject import Finding, Subject

CODE = "lint.duplicateName"


def check(subject: Subject, landscape: Landscape) -> Iterator[Finding]:
    kept: dict[str, int] = {}
    told = set()
    for step in subject.steps:
        if not step.name or not step.stateful:
            continue
        if step.name in kept:
            told.add(step.place)
            message = f"this step and the one in line {kept[step.name]} keep what they know under one name"
            yield Finding(f"{message}, '{step.name[:60]}'", step.place_of("name"))
        kept.setdefault(step.name, step.place.line)
    for block in subject.blocks:
        names: dict[str, int] = {}
        for step in block:
            if step.name in names and step.place not in told:
                message = f"the step in line {names[step.name]} is called '{step.name[:60]}', too"
                yield Finding(message, step.place_of("name"))
            if step.name:
                names.setdefault(step.name, step.place.line)
