"""Flows that work on one message in turn; `slip` tells them, and what they are chosen by, how far it has come."""

import asyncio
from collections.abc import Awaitable, Iterator
from typing import Any

from airdock.branch import forget_round
from airdock.exchange import Exchange
from airdock.response import ABSENT
from airdock.spec.step import Compiled
from airdock.steps.common.pace import Pace

Named = Iterator[tuple[str, Compiled]]
"""Paths and calls of flows; each is asked for when the one before has ended."""


def in_turn(named: Named, exchange: Exchange, pace: Pace) -> Awaitable[None] | None:
    """Runs flows on one exchange until there are no more, or one fails. In the end `slip` is what it was before."""
    before = exchange.document.get("slip", ABSENT)
    calls = _told(named, exchange)
    goes_on = False
    try:
        for call in calls:
            pending = call(exchange)
            if pending is not None or pace.due():
                goes_on = True
                return _go_on(calls, exchange, pending, pace, before)
    finally:
        if not goes_on:
            _restore(exchange, before)
    return None


async def _go_on(
    calls: Iterator[Compiled], exchange: Exchange, pending: Awaitable[None] | None, pace: Pace, before: Any
) -> None:
    try:
        await (asyncio.sleep(0) if pending is None else pending)
        for call in calls:
            pending = call(exchange)
            if pending is not None:
                await pending
            elif pace.due():
                await asyncio.sleep(0)
    finally:
        _restore(exchange, before)


def _told(named: Named, exchange: Exchange) -> Iterator[Compiled]:
    """The calls, each behind setting `slip`."""
    document, trail = exchange.document, exchange.trail
    document["slip"] = {"count": 0}
    for count, (path, call) in enumerate(named, 1):
        document["slip"] = {"endpoint": path, "count": count}
        mark = 0 if trail is None else len(trail)
        yield call
        forget_round(trail, mark)


def _restore(exchange: Exchange, before: Any) -> None:
    if before is ABSENT:
        exchange.document.pop("slip", None)
    else:
        exchange.document["slip"] = before
