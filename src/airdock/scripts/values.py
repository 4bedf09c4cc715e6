"""What a script may hand on to the steps behind it."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.streams import Stream, as_stream

Result = Callable[[Exchange, Any], None]
"""Takes what a script returned, unless None: `ProducingStep.store`."""

_PLAIN = frozenset((str, int, float, bool, type(None), bytes))
_DEPTH = 200


def carried(value: Any, depth: int = 0) -> Any:
    """The value, if later steps can read it: text, bytes, numbers, booleans, None, and lists and objects of these.

    An iterator becomes a stream, whose items nobody has looked at.

    Raises:
        FlowError: `script.result`, it is or holds something else, or is nested too deeply (a cycle, most often).
    """
    kind = type(value)
    if kind in _PLAIN:
        return value
    if depth > _DEPTH:
        raise FlowError("script.result", f"the result is nested more than {_DEPTH} deep")
    if isinstance(value, dict):
        for name, item in value.items():
            if not isinstance(name, str):
                raise FlowError("script.result", f"the result has a key of type {type(name).__name__}; keys are texts")
            carried(item, depth + 1)
    elif isinstance(value, list | tuple):
        for item in value:
            carried(item, depth + 1)
    elif depth == 0 and isinstance(value, Stream | Iterator | AsyncIterator):
        return as_stream(value)
    elif not isinstance(value, str | int | float | bytes):
        message = f"the result is or holds a value of type {kind.__name__}, which no later step can read"
        raise FlowError("script.result", message)
    return value


def drop(exchange: Exchange, value: Any) -> None:
    """Takes a result that nobody wants."""
