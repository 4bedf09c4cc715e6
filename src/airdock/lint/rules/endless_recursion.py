"""Flows that call themselves whatever the message is."""

from collections.abc import Iterator

from airdock.lint.circles import shown_way, way_back
from airdock.lint.landscape import Landscape
from airdock.lint.subject import Finding, Subject

CODE = "lint.endlessRecursion"


def check(subject: Subject, landscape: Landscape) -> Iterator[Finding]:
    way = endless_way(subject.path, landscape)
    if way:
        step = landscape.certain(subject.path)[(*way, subject.path)[1]]
        circle = f": {shown_way([*way, subject.path])}" if len(way) > 1 else ""
        yield Finding(f"the flow calls itself, and nothing ends that{circle}", step.place)


def endless_way(path: str, landscape: Landscape) -> list[str]:
    """The flows by which a flow comes back to itself whatever the message is, itself first; empty for none."""
    if not landscape.circle(path) or not landscape.certain(path):
        return []
    return way_back(path, landscape.certain)
