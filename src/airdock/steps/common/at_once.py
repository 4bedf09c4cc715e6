"""Doing at once what need not wait, so that steps on state in memory cost no task switch."""

from collections.abc import Callable, Coroutine, Generator
from functools import partial
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


class Waiting(Generic[Value]):
    """A coroutine that was begun and waits for something. It is awaited once."""

    __slots__ = ("_awaited", "_call")

    def __init__(self, call: Coroutine[Any, Any, Value], awaited: Any) -> None:
        self._call = call
        self._awaited = awaited

    def __await__(self) -> Generator[Any, Any, Value]:
        call, awaited = self._call, self._awaited
        while True:
            step: Callable[[], Any]
            try:
                step = partial(call.send, (yield awaited))
            except GeneratorExit:
                call.close()
                raise
            except BaseException as error:  # noqa: BLE001 -- a cancellation is for what waits
                step = partial(call.throw, error)
            try:
                awaited = step()
            except StopIteration as end:
                value: Value = end.value
                return value


def at_once(call: Coroutine[Any, Any, Value]) -> Value | Waiting[Value]:
    """What the coroutine gives if it does not wait for anything; else what waits for it.

    It begins here, perhaps in no task: it does nothing that needs one before it waits. Raises whatever it raises.
    """
    try:
        awaited = call.send(None)
    except StopIteration as end:
        value: Value = end.value
        return value
    return Waiting(call, awaited)
