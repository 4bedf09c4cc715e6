"""Flows that call each other in a circle."""

from collections.abc import Iterator

from airdock.lint.circles import shown_way, way_back
from airdock.lint.landscape import Landscape
from airdock.lint.rules.endless_recursion import endless_way
from airdock.lint.subject import Finding, Subject, project_of

CODE = "lint.circularFlow"


def check(subject: Subject, landscape: Landscape) -> Iterator[Finding]:
    circle = landscape.circle(subject.path)
    # The first of a project tells it for the others.
    if len(circle) < 2 or any(path < subject.path and project_of(path) == subject.project for path in circle):
        return
    if any(endless_way(path, landscape) for path in circle):
        return
    way = way_back(subject.path, lambda path: [name for name in landscape.called(path) if name != path])
    place = next(call.place for call in landscape.facts(subject.path).calls if call.path == (*way, subject.path)[1])
    yield Finding(f"flows call each other in a circle: {shown_way([*way, subject.path])}", place)
