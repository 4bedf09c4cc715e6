"""Watching each step of flows that are compiled for it: tracing and debugging."""

from collections.abc import Awaitable
from typing import Protocol

from airdock.exchange import Exchange, Step, StepInfo


class Observer(Protocol):
    """Whoever watches steps. What it raises ends the run."""

    def entered(self, step: StepInfo, exchange: Exchange) -> Awaitable[None] | None:
        """A step is about to begin, its `when` not asked yet; it waits for what is given."""

    def left(self, step: StepInfo, exchange: Exchange, error: BaseException | None) -> Awaitable[None] | None:
        """It has ended, with an error that no `retry` of its own mended, or with what ends a run or a branch."""


def observed(step: Step, info: StepInfo, observer: Observer) -> Step:
    """The step, with an observer told of it."""

    async def run(exchange: Exchange) -> None:
        await _told(observer.entered(info, exchange))
        try:
            await _told(step(exchange))
        except BaseException as error:
            await _told(observer.left(info, exchange, error))
            raise
        await _told(observer.left(info, exchange, None))

    return run


async def _told(pending: Awaitable[None] | None) -> None:
    if pending is not None:
        await pending
