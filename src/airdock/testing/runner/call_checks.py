"""Checks of what was called."""

from collections.abc import Iterator
from typing import Any

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Template
from airdock.spec.flow_test.expectation import Called
from airdock.spec.flow_test.mock import TARGETS
from airdock.testing.calls import Call
from airdock.testing.mocks import is_call_of
from airdock.testing.runner.compare import like, shown
from airdock.testing.runner.results import Failure

_MOST = 5


def check_calls(expected: list[Called], calls: list[Call], values: Exchange) -> Iterator[Failure]:
    """The expectations that the calls do not meet."""
    for each in expected:
        named = [call for call in calls if is_call_of(each, call)]
        fitting = [call for call in named if _fits(each, call, values)]
        if each.times is None and not fitting:
            yield Failure(each.place, _missing(each, named), _lines(each, named, values))
        elif each.times is not None and len(fitting) != each.times:
            message = f"{target_text(each)} was called {_times(len(fitting))}{_so(each)}, not {_times(each.times)}"
            yield Failure(each.place, message, _lines(each, named, values))


def target_text(target: Any) -> str:
    """What a target names, for people."""
    name = next(each for each in TARGETS if getattr(target, each))
    written = getattr(target, name)
    return f"{name} {written}"


def _fits(expected: Called, call: Call, values: Exchange) -> bool:
    for template, actual in ((expected.body, call.body), (expected.input, call.input)):
        if template is not None and not like(template.evaluate(values), actual):
            return False
    for wanted, found in ((expected.headers, call.headers), (expected.properties, call.properties)):
        for name, template in wanted.items():
            if not like(template.evaluate(values), found.get(name)):
                return False
    if expected.that is None:
        return True
    try:
        return bool(expected.that.evaluate_document(call.as_document()))
    except FlowError:
        return False


def _missing(expected: Called, named: list[Call]) -> str:
    if not named:
        return f"{target_text(expected)} was not called"
    return f"{target_text(expected)} was called {_times(len(named))}, never as expected"


def _lines(expected: Called, named: list[Call], values: Exchange) -> list[str]:
    lines = []
    for name in ("body", "input", "properties", "headers"):
        if name not in expected.places:
            continue
        lines.append(f"- {name} {shown(_valued(getattr(expected, name), values))}")
        lines += [f"+ {name} {shown(_spoken(expected, name, call))[:300]}" for call in named[:_MOST]]
    return lines


def _spoken(expected: Called, name: str, call: Call) -> Any:
    actual = getattr(call, name)
    if name in ("properties", "headers"):
        return {each: actual.get(each) for each in getattr(expected, name)}
    return actual


def _valued(written: Any, values: Exchange) -> Any:
    if isinstance(written, Template):
        return written.evaluate(values)
    return {name: template.evaluate(values) for name, template in written.items()}


def _so(expected: Called) -> str:
    return " so" if {"body", "headers", "properties", "input", "that"} & expected.places.keys() else ""


def _times(count: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count} times")
