"""The fields that every step has, each a wrapper around the compiled step."""

from collections.abc import Awaitable, Callable
from typing import Any

from airdock.deadline import DeadlineError, within
from airdock.errors import FlowError
from airdock.exchange import Exchange, Step, read_then
from airdock.expressions import Expression, Template

SetProperties = Callable[[Exchange], None] | dict[str, Any]
"""Sets exchange properties; a dict where all are constant and cannot be changed."""


def property_setter(templates: dict[str, Template]) -> SetProperties | None:
    """Sets exchange properties in the order written; None when there are none."""
    if not templates:
        return None
    if all(template.constant and not isinstance(template.value, list | dict) for template in templates.values()):
        return {name: template.value for name, template in templates.items()}
    pairs = tuple((name, template.evaluate) for name, template in templates.items())

    def set_properties(exchange: Exchange) -> None:
        properties = exchange.properties
        for name, evaluate in pairs:
            properties[name] = evaluate(exchange)

    return set_properties


def with_properties(step: Step, set_properties: SetProperties) -> Step:
    """Sets properties before the step runs."""
    if isinstance(set_properties, dict):
        return _with_constants(step, set_properties)

    def run(exchange: Exchange) -> Awaitable[None] | None:
        set_properties(exchange)
        return step(exchange)

    return run


def _with_constants(step: Step, constants: dict[str, Any]) -> Step:
    def run(exchange: Exchange) -> Awaitable[None] | None:
        exchange.properties.update(constants)
        return step(exchange)

    return run


def with_when(step: Step, condition: Expression) -> Step:
    """Skips the step unless the condition is true."""
    test = condition.test

    def run(exchange: Exchange) -> Awaitable[None] | None:
        if test(exchange):
            return step(exchange)
        if exchange.trail:
            exchange.trail[-1] = None
        return None

    return run


def with_timeout(step: Step, seconds: float, code: str, message: str) -> Step:
    """Cuts the step off after a time: what it awaits is cancelled.

    The step raises FlowError of the code when the time is over.
    """

    def run(exchange: Exchange) -> Awaitable[None] | None:
        pending = step(exchange)
        return None if pending is None else _bounded(pending, exchange, seconds, code, message)

    return run


async def _bounded(pending: Awaitable[None], exchange: Exchange, seconds: float, code: str, message: str) -> None:
    try:
        await within(seconds, pending)
    except DeadlineError as error:
        failure = FlowError(code, message)
        failure.checkpoint, exchange.cut = exchange.cut, None
        raise failure from error


def with_body(step: Step) -> Step:
    """Takes the request's body from the wire before the step runs, if it is still there."""

    def run(exchange: Exchange) -> Awaitable[None] | None:
        return read_then(step, exchange) if exchange.request.unread else step(exchange)

    return run
