"""The elements of a descriptor, whatever their types: what rules go through."""

from collections.abc import Iterator
from typing import Any

from airdock.expressions import Expression, Template
from airdock.spec.fields import Spec
from airdock.spec.step import Step


def elements(value: Any) -> Iterator[Spec]:
    """Every declared element in a value, itself included, each in front of those inside it."""
    if isinstance(value, Spec):
        yield value
        for each in value.values().values():
            yield from elements(each)
    elif isinstance(value, list):
        for each in value:
            yield from elements(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from elements(each)


def steps(value: Any) -> Iterator[Step]:
    """Every step in a value, itself included."""
    return (each for each in elements(value) if isinstance(each, Step))


def own_blocks(element: Spec) -> Iterator[list[Step]]:
    """The lists of steps that stand in an element itself, not in others inside it."""
    for value in element.values().values():
        if isinstance(value, list) and value and isinstance(value[0], Step):
            yield value


def inner_blocks(step: Step) -> Iterator[list[Step]]:
    """The lists of steps inside a step, but for those inside these."""
    waiting: list[Any] = list(step.values().values())
    while waiting:
        value = waiting.pop(0)
        if isinstance(value, list) and value and isinstance(value[0], Step):
            yield value
        elif isinstance(value, list):
            waiting[:0] = value
        elif isinstance(value, dict):
            waiting[:0] = value.values()
        elif isinstance(value, Spec) and not isinstance(value, Step):
            waiting[:0] = value.values().values()


def expressions(value: Any) -> Iterator[Expression]:
    """Every expression in a field's value, but for those of elements inside it."""
    if isinstance(value, Expression):
        yield value
    elif isinstance(value, Template):
        yield from value.expressions
    elif isinstance(value, list):
        for each in value:
            yield from expressions(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from expressions(each)
