"""The rounds of a loop: steps that run again and again for one message."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator
from typing import Any

from airdock.branch import become, branch_of, forget_round, join
from airdock.exchange import Exchange
from airdock.response import ABSENT
from airdock.spec.step import Clock, Compiled
from airdock.steps.common.pace import Pace
from airdock.streams import close_items, close_now

Turns = Iterator[None] | AsyncIterator[None]
"""Gives a turn for each round, having said what expressions see in it (`Rounds.enter`)."""


class Rounds:
    """The rounds for one message.

    Attributes:
        exchange: The message. current: The exchange of the round; between two, of the one that was.
    """

    def __init__(self, exchange: Exchange, steps: Compiled, clock: Clock) -> None:
        self.exchange = self.current = exchange
        self._steps = steps
        self._pace = Pace(clock)
        self._outer = exchange.document.get("loop", ABSENT)
        self._mark = 0

    def enter(self, scope: dict[str, Any]) -> None:
        """Has expressions see this as `loop`, with the scope of the loop around it as `outer`."""
        if self._outer is not ABSENT:
            scope["outer"] = self._outer
        self.exchange.document["loop"] = self.current.document["loop"] = scope

    def run(self, turns: Turns) -> Awaitable[None] | None:
        """Runs a round for each turn. Behind it, expressions see the loop around it again."""
        if isinstance(turns, AsyncIterator):
            return self._arriving(turns)
        try:
            for _ in turns:
                pending = self._begin()
                if pending is not None:
                    return self._go_on(turns, pending)
                self._ended()
                if self._pace.due():
                    return self._go_on(turns, asyncio.sleep(0))
        except BaseException:
            close_now(turns)
            self._leave()
            raise
        self._leave()
        return None

    async def _go_on(self, turns: Iterator[None], pending: Awaitable[None]) -> None:
        try:
            await pending
            self._ended()
            for _ in turns:
                await self._whole_round()
        finally:
            close_now(turns)
            self._leave()

    async def _arriving(self, turns: AsyncIterator[None]) -> None:
        try:
            async for _ in turns:
                await self._whole_round()
        finally:
            await close_items(turns)
            self._leave()

    async def _whole_round(self) -> None:
        pending = self._begin()
        if pending is not None:
            await pending
        self._ended()
        if self._pace.due():
            await asyncio.sleep(0)

    def _begin(self) -> Awaitable[None] | None:
        self._note()
        return self._steps(self.exchange)

    def _note(self) -> None:
        trail = self.exchange.trail
        self._mark = 0 if trail is None else len(trail)

    def _ended(self) -> None:
        forget_round(self.exchange.trail, self._mark)

    def _leave(self) -> None:
        document = self.exchange.document
        if self._outer is not ABSENT:
            document["loop"] = self._outer
        else:
            document.pop("loop", None)


class CopiedRounds(Rounds):
    """Rounds each of which begins with a copy of the message as it was; it becomes what the last one made of its copy.

    When a round fails, the message and the answer are as before the loop.
    """

    def __init__(self, exchange: Exchange, steps: Compiled, clock: Clock, path: str) -> None:
        """`path`: of the step whose rounds they are."""
        super().__init__(exchange, steps, clock)
        self._path = path

    def run(self, turns: Turns) -> Awaitable[None]:
        return self._run(turns)

    async def _run(self, turns: Turns) -> None:
        answer = self.exchange.response.mark()
        try:
            pending = super().run(turns)
            if pending is not None:
                await pending
        except (Exception, asyncio.CancelledError):
            self.exchange.response.back_to(answer)
            raise
        except BaseException:
            # The flow ends here, with what was made of the message.
            self._become_last()
            raise
        self._become_last()

    def _become_last(self) -> None:
        if self.current is not self.exchange:
            become(self.exchange, self.current)

    async def _begin_copy(self) -> None:
        copied = branch_of(self.exchange)
        copied.calls = self.exchange.calls
        self.current = copied
        try:
            pending = self._steps(copied)
            if pending is not None:
                await pending
        finally:
            join(self.exchange, copied, self._path)

    def _begin(self) -> Awaitable[None]:
        self._note()
        return self._begin_copy()
