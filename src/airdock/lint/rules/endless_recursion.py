"""Flows that call themselves whatever the message is."""

from collections.abc import Iterator

from airdock.lint.circles import way_back
from airdock.lint.facts import facts_of
from airdock.lint.landscape import Landscape
from airdock.lint.subject import Finding, Subject
from airdock.lint.walking import inner_blocks
from airdock.spec.step import Step
from airdock.steps.flow import FlowStep
from airdock.steps.log import Log
from airdock.steps.output import Output
from airdock.steps.remove import Remove
from airdock.steps.respond import Respond
from airdock.steps.set_ import Set
from airdock.steps.transform import Transform
from airdock.steps.try_ import Try
from airdock.steps.wire_tap import WireTap

CODE = "lint.endlessRecursion"
_PASSED = (Log, Output, Remove, Respond, Set, Transform)
"""Steps behind which a flow goes on for certain."""
_ENTERED = (FlowStep, WireTap, Try)
"""Steps whose first steps run for certain."""


def check(subject: Subject, landscape: Landscape) -> Iterator[Finding]:
    way = endless_way(subject.path, landscape)
    if way:
        steps = certain_calls(landscape.models[subject.path].steps)
        others = f" by way of {' and '.join(f'/{each}' for each in way[1:])}" if len(way) > 1 else ""
        step = steps[(*way, subject.path)[1]]
        yield Finding(f"the flow calls itself{others}, and nothing ends that", step.place)


def endless_way(path: str, landscape: Landscape) -> list[str]:
    """The flows by which a flow comes back to itself whatever the message is, itself first; empty for none."""
    circle = landscape.circle(path)
    if not circle or not path.endswith(".flow"):
        return []
    return way_back(path, {each: certain_calls(landscape.models[each].steps) for each in circle if _is_flow(each)})


def _is_flow(path: str) -> bool:
    return path.endswith(".flow")


def certain_calls(steps: list[Step]) -> dict[str, Step]:
    """The flows that steps call whatever the message is, and the step that does it."""
    found: dict[str, Step] = {}
    for step in steps:
        if step.when is not None:
            if isinstance(step, _PASSED):
                continue
            break
        if isinstance(step, _ENTERED):
            for call in facts_of(step).calls:
                if call.step is step:
                    found.setdefault(call.path, step)
            for block in list(inner_blocks(step))[:1]:
                for path, inner in certain_calls(block).items():
                    found.setdefault(path, inner)
            if not isinstance(step, WireTap):
                break
        elif not isinstance(step, _PASSED):
            break
    return found
