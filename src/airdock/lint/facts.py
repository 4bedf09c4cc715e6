"""What one descriptor does with properties, and what it names: found once for each model."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from airdock.errors import Place
from airdock.expressions import Expression
from airdock.lint.walking import elements, expressions
from airdock.spec.descriptors import Job, Listener
from airdock.spec.fields import Spec
from airdock.spec.kinds import ListOf, Module
from airdock.spec.step import Step
from airdock.steps.condition import Case


class Call(NamedTuple):
    """Another flow that is named: its registry path, and where."""

    path: str
    place: Place
    step: Step | None


@dataclass(slots=True)
class Facts:
    """What a descriptor says.

    Attributes:
        sets, reads: Names of properties, and the first place of each.
        looks: Names of properties that are read where they may be missing.
        reads_all: An expression reads all properties. opaque: Steps of it may read and set any.
        calls: The flows that it names. allows: Globs of those that messages name; empty for its project's.
        scripts: The script modules that it names.
    """

    sets: dict[str, Place] = field(default_factory=dict)
    reads: dict[str, Place] = field(default_factory=dict)
    looks: set[str] = field(default_factory=set)
    reads_all: bool = False
    opaque: bool = False
    calls: list[Call] = field(default_factory=list)
    allows: list[list[str]] = field(default_factory=list)
    scripts: set[str] = field(default_factory=set)


_OF_MESSAGES = ("message", "messages")
"""The properties that every run of a listener has."""

_KNOWN: "WeakKeyDictionary[Any, Facts]" = WeakKeyDictionary()


def facts_of(model: Any) -> Facts:
    """The facts of a flow, a job, a listener or a project; none of anything else."""
    if not isinstance(model, Spec):
        return Facts()
    facts = _KNOWN.get(model)
    if facts is None:
        facts = Facts()
        for element in elements(model):
            _add(facts, element)
        _KNOWN[model] = facts
    return facts


def _add(facts: Facts, element: Spec) -> None:
    for name, place in _properties_set(element):
        facts.sets.setdefault(name, place)
    for name, value in element.values().items():
        for expression in expressions(value):
            _read(facts, expression, element.place_of(name))
    if isinstance(element, Case) and element.key:
        facts.looks.add(element.key)
    if isinstance(element, Step):
        facts.opaque |= element.opaque
        for name in element.sets:
            facts.sets.setdefault(name, element.place)
            # Whoever does not need it cannot leave it out.
            facts.looks.add(name)
    if isinstance(element, Listener):
        for name in _OF_MESSAGES:
            facts.sets.setdefault(name, element.place)
            facts.looks.add(name)
    allow = element.values().get("allow")
    if isinstance(allow, list):
        facts.allows.append([each for each in allow if isinstance(each, str)])
    _name_modules(facts, element)


def _properties_set(element: Spec) -> Iterator[tuple[str, Place]]:
    values = element.values()
    for field_name in ("properties", "parameters") if isinstance(element, Job) else ("properties",):
        if isinstance(values.get(field_name), dict):
            for name in values[field_name]:
                yield name, element.place_of(field_name)
    if isinstance(element, Step) and element.produces and values.get("result"):
        yield values["result"], element.place_of("result")


def _read(facts: Facts, expression: Expression, place: Place) -> None:
    reads = expression.reads
    properties: Any = True if reads is True else reads.get("properties", {})
    if properties is True:
        facts.reads_all = True
        return
    for name in properties:
        facts.reads.setdefault(name, place)


def _name_modules(facts: Facts, element: Spec) -> None:
    for name, declared in type(element).fields.items():
        kind = declared.kind.item if isinstance(declared.kind, ListOf) else declared.kind
        if not isinstance(kind, Module):
            continue
        value = getattr(element, type(element).attributes[name])
        for path in value if isinstance(value, list) else [value]:
            if path and path.endswith(".flow"):
                step = element if isinstance(element, Step) else None
                facts.calls.append(Call(path, element.place_of(name), step))
            elif path:
                facts.scripts.add(path)
