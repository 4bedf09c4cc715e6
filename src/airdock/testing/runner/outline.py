"""The steps and branches of flows, as coverage counts them."""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from airdock.errors import Place
from airdock.spec import kinds
from airdock.spec.fields import Spec
from airdock.spec.flow import Flow, SubFlow
from airdock.spec.step import Step

Kind = Literal["step", "case", "error"]

CASES = ("cases", "otherwise")
ERRORS = ("catch", "onError", "onFallback", "compensation", "onTimeout")
"""Fields whose steps run on an error alone."""


class Part(NamedTuple):
    """A step, a case of a condition, or a branch that runs on errors.

    Attributes:
        mark: What a run that comes by it notes: the identity of the step, or of the list of steps.
        label: What an author calls it. flow: The flow that it is in. names: Of a step: its path and its name.
        around: The mark of the part that it stands in; 0 for none.
    """

    kind: Kind
    mark: int
    label: str
    place: Place
    flow: str
    names: tuple[str, ...] = ()
    around: int = 0


def parts_of(flow: Flow) -> Iterator[Part]:
    """Every part of a flow, in the order written."""
    yield from _of_steps(flow.steps, flow.file, 0)
    for number, handler in enumerate(flow.on_error, 1):
        mark = id(handler.steps)
        yield Part("error", mark, f"onError {number}{_condition(handler)}", handler.place, flow.file)
        yield from _of_steps(handler.steps, flow.file, mark)


def _of_steps(steps: list[Step], flow: str, around: int) -> Iterator[Part]:
    for step in steps:
        names = (step.path, step.name or step.path)
        yield Part("step", id(step), f"{step.type} {step.path}", step.place, flow, names, around)
        yield from _inside(step, step, "", flow)


def _inside(spec: Spec, step: Step, field: str, flow: str) -> Iterator[Part]:
    for name, value in spec.values().items():
        if _are_steps(spec, name, value):
            if value or name in spec.places:
                yield from _branch(spec, step, field or name, value, flow)
            continue
        entries = value if isinstance(value, list) else [value]
        for number, each in enumerate(entries, 1):
            label = f"{field or name} {number}" if isinstance(value, list) else field or name
            if isinstance(each, SubFlow):
                yield from _branch(each if spec is step else spec, step, label, each.steps, flow)
            elif isinstance(each, Spec):
                yield from _inside(each, step, label, flow)


def _are_steps(spec: Spec, name: str, value: Any) -> bool:
    declared = spec.fields.get(name)
    if declared is not None:
        return isinstance(declared.kind, kinds.Steps)
    return bool(value) and isinstance(value, list) and isinstance(value[0], Step)


def _branch(spec: Spec, step: Step, label: str, steps: list[Step], flow: str) -> Iterator[Part]:
    """Steps in a field of a step, or of something in a field of it (`spec`)."""
    field, _, number = label.partition(" ")
    kind: Kind | None = "case" if field in CASES else "error" if field in ERRORS else None
    mark = id(step)
    if kind is not None:
        mark = id(steps)
        what = f"case {number}" if field == "cases" else label
        label = f"{what} of {step.type} {step.path}{_condition(spec)}"
        yield Part(kind, mark, label, spec.place, flow, around=id(step))
    yield from _of_steps(steps, flow, mark)


def _condition(spec: Spec) -> str:
    """What decides about a branch, as its author wrote it."""
    values = spec.values()
    when, on, key = values.get("when"), values.get("on"), values.get("key")
    if key:
        return f" ({key} = {values.get('value')})"
    if isinstance(spec, Step):
        return ""
    parts: list[Any] = [", ".join(on)] if on else []
    parts += [when.source] if when is not None else []
    return f" ({'; '.join(parts)})" if parts else ""
