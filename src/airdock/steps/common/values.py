"""Values that a step reads from a template and needs in a certain form."""

from collections.abc import Callable
from typing import Any

import msgspec

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Template
from airdock.spec.step import Compiled, Compiler
from airdock.units import parse_duration

LARGEST_COUNT = 1_000_000
_SHOWN = 80


def seconds_of(template: Template) -> Callable[[Exchange], float]:
    """A duration in seconds: a text with a unit, or a number of seconds from an expression.

    The callable raises FlowError `step.value` for anything else, a negative time or one that is not finite.
    """
    if template.constant:
        constant = parse_duration(template.value)
        return lambda exchange: constant

    def seconds(exchange: Exchange) -> float:
        value = template.evaluate(exchange)
        try:
            number = parse_duration(value) if isinstance(value, str) else _number(value)
        except (TypeError, ValueError, OverflowError):
            raise FlowError("step.value", f"the duration is {told(value)}; it must be a text such as '250ms'") from None
        if not 0 <= number <= 366 * 86400:
            raise FlowError("step.value", f"the duration is {number} s; it must be between 0 and a year")
        return number

    return seconds


def status_of(template: Template) -> Callable[[Exchange], int]:
    """An HTTP status, 200 to 599; the callable raises FlowError `step.value` for anything else."""
    if template.constant:
        constant = int(template.value)
        return lambda exchange: constant

    def status(exchange: Exchange) -> int:
        value = template.evaluate(exchange)
        try:
            number = int(value)
        except (TypeError, ValueError, OverflowError):
            number = 0
        if not 200 <= number <= 599:
            raise FlowError("step.value", f"the status is {told(value)}; it must be a number from 200 to 599")
        return number

    return status


def one_flow(step: Any, compiler: Compiler) -> Compiled:
    """The flow of a step that has it in place (`flow`) or by its path (`module`).

    Raises:
        DescriptorError: `descriptor.reference`, no such flow in the registry.
    """
    if step.flow is not None:
        return compiler.flow(step.flow)
    return compiler.flow_at(step.module, step.place_of("module"))


def check_one_flow(step: Any) -> list[tuple[str, str]]:
    """The rule of such a step, for `Spec.check`."""
    if (step.flow is None) == (not step.module):
        return [("", "give `flow` (in place) or `module` (the path of another flow), one of the two")]
    return []


def count_of(template: Template, code: str) -> Callable[[Exchange], int]:
    """A whole number from 1; the callable raises FlowError with the code for anything else."""
    if template.constant:
        constant = int(template.value)
        return lambda exchange: constant

    def count(exchange: Exchange) -> int:
        value = template.evaluate(exchange)
        try:
            number = _number(value)
        except (TypeError, ValueError, OverflowError):
            number = 0
        if not 1 <= number <= LARGEST_COUNT or number != int(number):
            raise FlowError(code, f"the number is {told(value)}; it must be a whole one from 1 to {LARGEST_COUNT:,}")
        return int(number)

    return count


def told(value: Any) -> str:
    """A value as messages show it: its beginning, as JSON has it."""
    try:
        text = msgspec.json.encode(value).decode()
    except (TypeError, ValueError, RecursionError):
        text = f"a {type(value).__name__}"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _number(value: Any) -> float:
    """Raises what `float` does; true and false are no numbers."""
    if isinstance(value, bool):
        raise TypeError
    return float(value)
