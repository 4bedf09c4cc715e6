"""Which flows a flow calls whatever the message is."""

from airdock.lint.facts import facts_of
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

_PASSED = (Log, Output, Remove, Respond, Set, Transform)
"""Steps behind which a flow goes on for certain."""
_ENTERED = (FlowStep, WireTap, Try)
"""Steps whose first steps run for certain."""


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
