"""Reading of steps and of the flows inside them."""

from typing import Any

from airdock.descriptor.names import hint, nearest
from airdock.descriptor.problems import Unreadable, shown
from airdock.descriptor.reading import INVALID, Reading, label
from airdock.descriptor.records import read_spec
from airdock.descriptor.templates import read_template_step
from airdock.descriptor.tree import Node
from airdock.descriptor.values import too_few
from airdock.spec import kinds
from airdock.spec.flow import SubFlow
from airdock.spec.step import Step
from airdock.spec.template import PREFIX


def read_steps(reading: Reading, kind: kinds.Steps, node: Node) -> Any:
    if not isinstance(node.value, list):
        return reading.wrong_type(node, "a list of steps", "put the step in [ ]" if node.type == "object" else "")
    if len(node.value) < kind.minimum:
        return too_few(reading, node, kind.minimum, "step")
    base = reading.paths.base(node)
    steps = [_read_step(reading, node, base, position) for position in range(1, len(node.value) + 1)]
    return INVALID if any(step is INVALID for step in steps) else steps


def _read_step(reading: Reading, steps: Node, base: str, position: int) -> Any:
    node: Node = steps.value[position - 1]
    path = reading.paths.step(steps, base, position, _own_name(node))
    if reading.paths.count > reading.most_steps:
        reading.refuse("descriptor.tooLarge", node, f"the file has more than {reading.most_steps:,} steps")
        raise Unreadable
    if not isinstance(node.value, dict):
        return reading.wrong_type(node, 'a step, which is an object such as {"type": "output"}')
    word = node.value.get("type")
    if word is not None and isinstance(word.value, str) and word.value.lower().startswith(PREFIX):
        step = read_template_step(reading, node, word, path)
    else:
        spec = _spec(reading, node)
        step = INVALID if spec is None else read_spec(reading, spec, node, f"`{spec.type}`", ("type",))
    if step is not INVALID:
        step.path = path
    return step


def _spec(reading: Reading, node: Node) -> type[Step] | None:
    word = node.value.get("type")
    if word is None:
        misspelt = nearest("type", (name for name in node.value if name not in Step.fields))
        advice = f"is '{misspelt}' meant to be it?" if misspelt else "it says what the step does"
        reading.problems.add("descriptor.missingField", f"{label(node)} needs `type`", node.place, advice)
        return None
    if not isinstance(word.value, str):
        reading.wrong_type(word, "a text: the type of the step")
        return None
    spec = reading.catalogue.find(word.value)
    if spec is None:
        suggestion = hint(word.value, reading.catalogue.names(), "the types are ")
        reading.refuse("descriptor.unknownStep", word, f"unknown step type {shown(word.value)}", suggestion)
    return spec


def _own_name(node: Node) -> str:
    name = node.value.get("name") if isinstance(node.value, dict) else None
    return name.value if name is not None and isinstance(name.value, str) else ""


def read_flow(reading: Reading, kind: kinds.Flow, node: Node) -> Any:
    """A flow in place."""
    if not isinstance(node.value, dict):
        return reading.wrong_type(node, 'a flow, which is an object such as {"steps": []}')
    reading.paths.sub_flow(node, _own_name(node))
    return read_spec(reading, SubFlow, node, f"the flow {label(node)}" if node.key != "flow" else "a flow in place")
