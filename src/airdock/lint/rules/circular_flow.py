"""Flows that call each other in a circle."""

from collections.abc import Iterator

from airdock.lint.circles import way_back
from airdock.lint.landscape import Landscape
from airdock.lint.rules.endless_recursion import endless_way
from airdock.lint.subject import Finding, Subject

CODE = "lint.circularFlow"


def check(subject: Subject, landscape: Landscape) -> Iterator[Finding]:
    circle = landscape.circle(subject.path)
    if len(circle) < 2 or endless_way(subject.path, landscape):
        return
    calls = {path: [call.path for call in landscape.facts(path).calls if call.path != path] for path in circle}
    way = [*way_back(subject.path, calls), subject.path]
    place = next(call.place for call in landscape.facts(subject.path).calls if call.path == way[1])
    yield Finding(f"flows call each other in a circle: {' → '.join(f'/{each}' for each in way)}", place)
