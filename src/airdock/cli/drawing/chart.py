"""What a drawing shows: the steps of a flow, and the branches inside them.

A chart is made from a descriptor as its author wrote it and from the declarations. A field that holds steps or a
flow is a branch; a list of objects with such a field is a branch per object; everything else is a line of text.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from airdock.cli.drawing.words import branch_label, cut, lines_of
from airdock.spec import kinds
from airdock.spec.catalogue import Catalogue
from airdock.spec.fields import Field, Spec
from airdock.spec.flow import Flow
from airdock.spec.kinds import Kind
from airdock.spec.step import Step

_LAST = "finally"
_ENDS = frozenset(("stop", "throw"))
"""Types behind which a flow does not go on."""


@dataclass(frozen=True)
class Branch:
    """Steps inside a step. `label` says when they run; `error`: on an error only."""

    label: str
    items: tuple["Item", ...]
    error: bool = False


@dataclass(frozen=True)
class Item:
    """A step.

    Attributes:
        type: As the reference writes it. name: The author's, or empty. lines: What it is set to.
        stages: Branches side by side; a later stage runs after the one before.
        ends: The flow never goes on behind it.
    """

    type: str
    name: str
    lines: tuple[str, ...]
    stages: tuple[tuple[Branch, ...], ...] = ()
    ends: bool = False


@dataclass(frozen=True)
class Chart:
    """A flow: where it answers, its steps, and the handlers of its errors."""

    title: str
    items: tuple[Item, ...]
    handlers: tuple[Branch, ...] = ()


def flow_chart(descriptor: dict[str, Any], catalogue: Catalogue, title: str) -> Chart:
    """The chart of a flow's descriptor, which the reader has accepted.

    Args:
        descriptor: Its JSON. title: What stands at the start.
    """
    maker = _Maker(catalogue)
    handlers = maker.branches(Flow.fields["onError"], descriptor.get("onError"))
    return Chart(title, maker.items(descriptor["steps"]), tuple(handlers))


class _Maker:
    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def items(self, steps: list[Any]) -> tuple[Item, ...]:
        return tuple(self.item(step) for step in steps)

    def item(self, written: dict[str, Any]) -> Item:
        step = self._catalogue.find(str(written["type"])) or Step
        own = [declared for name, declared in step.fields.items() if name not in Step.fields]
        inner = {
            declared.name: list(self.branches(declared, written.get(declared.name)))
            for declared in own
            if _holds_steps(declared.kind)
        }
        ends = step.type in _ENDS and "when" not in written
        lines = lines_of(step, written, without=frozenset(inner))
        return Item(
            step.type or str(written["type"]), cut(str(written.get("name", ""))), lines, _stages(step, inner), ends
        )

    def branches(self, declared: Field, value: Any) -> Iterator[Branch]:
        """The branches in a field."""
        yield from self._branches(declared.kind, value, declared.name) if value is not None else ()

    def _branches(self, kind: Kind, value: Any, label: str, error: bool = False) -> Iterator[Branch]:
        match kind:
            case kinds.Steps():
                yield Branch(label, self.items(value), error)
            case kinds.Flow():
                yield Branch(cut(str(value.get("name") or label)), self.items(value["steps"]), error)
            case kinds.ListOf(item=kinds.Record(spec=spec)):
                for each in value:
                    yield self._of_record(spec, each, label)
            case kinds.ListOf(item=item):
                for index, each in enumerate(value, 1):
                    yield from self._branches(item, each, f"{label} {index}")
            case kinds.MapOf(value=inner):
                for name, each in value.items():
                    yield from self._branches(inner, each, cut(name))
            case kinds.Record(spec=spec):
                yield self._of_record(spec, value, label)
            case kinds.OneOf():
                yield from self._of_first(kind, value, label, error)

    def _of_record(self, spec: type[Spec], value: dict[str, Any], label: str) -> Branch:
        """An object that holds steps: one branch, with all of its steps."""
        inside = {name: declared.kind for name, declared in spec.fields.items() if _holds_steps(declared.kind)}
        items = [
            item
            for name, kind in inside.items()
            if value.get(name) is not None
            for branch in self._branches(kind, value[name], name)
            for item in branch.items
        ]
        return Branch(branch_label(spec, value, label, frozenset(inside)), tuple(items), error="on" in spec.fields)

    def _of_first(self, kind: kinds.OneOf, value: Any, label: str, error: bool) -> Iterator[Branch]:
        if isinstance(value, str):
            if any(isinstance(option, kinds.Module) for option in kind.kinds):
                yield Branch(label, (Item("flow", "", (cut(value),)),), error)
            return
        for option in kind.kinds:
            if _holds_steps(option) and _takes(option, value):
                yield from self._branches(option, value, label, error)
                return


def _stages(step: type[Step], inner: dict[str, list[Branch]]) -> tuple[tuple[Branch, ...], ...]:
    """Branches of one step by when they run. What a field for "else" would hold is drawn as a way without steps."""
    last = inner.pop(_LAST, [])
    has_cases = any(isinstance(step.fields[name].kind, kinds.ListOf) and inner[name] for name in inner)
    row: list[Branch] = []
    for name, found in inner.items():
        if not found and has_cases and isinstance(step.fields[name].kind, kinds.Flow):
            found = [Branch(name, ())]
        row += found
    if len(row) > 1:
        row = [Branch(step.type, each.items, each.error) if each.label == "steps" else each for each in row]
    elif row and row[0].label == "steps":
        row = [Branch("", row[0].items)]
    return tuple(tuple(stage) for stage in (row, last) if stage)


def _holds_steps(kind: Kind) -> bool:
    match kind:
        case kinds.Steps() | kinds.Flow():
            return True
        case kinds.ListOf():
            return _holds_steps(kind.item)
        case kinds.MapOf():
            return _holds_steps(kind.value)
        case kinds.OneOf():
            return any(_holds_steps(option) for option in kind.kinds)
        case kinds.Record():
            return any(isinstance(declared.kind, kinds.Steps | kinds.Flow) for declared in kind.spec.fields.values())
    return False


def _takes(kind: Kind, value: Any) -> bool:
    return isinstance(value, list) is isinstance(kind, kinds.Steps | kinds.ListOf)
