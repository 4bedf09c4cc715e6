"""Messages in the order of their numbers, without end."""

import logging
from typing import Any

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.state import Entry
from airdock.steps.groups.group_items import message_of, packed
from airdock.steps.groups.resequencing import Resequencer, is_number

log = logging.getLogger("airdock.steps")

LARGEST = 10**15
_BEHIND = 2 * LARGEST
"""Messages are looked up by when they expire, which is by number, and so far away that none ever does."""


class StreamResequencer(Resequencer):
    """Each message is delivered when the one before it was, or is waited for no longer.

    The progress is the number that was delivered last, or None; that of the message which is being delivered, and its
    attempt.
    """

    _wanted = f"a whole number between -{LARGEST:,} and {LARGEST:,}"

    def _is_valid(self, value: Any) -> bool:
        return is_number(value) and value == int(value) and -LARGEST <= value <= LARGEST

    async def _keep(self, exchange: Exchange, value: Any) -> None:
        number, step = int(value), self._step
        if step.reject_old:
            last, *_ = await self._progress() or [None]
            if last is not None and number <= last:
                raise FlowError("resequence.old", f"the message has number {number}, and {last} was delivered already")
        await self._room()
        now = self._clock.now()
        item = packed(exchange, now, step.max_message_size, "resequence.message")
        if not await self._store.add(self._waiting, str(number), item, now, _BEHIND + number):
            log.debug("another message with number %d waits in %s; this one is dropped", number, self._space)
        self._alarm.wake_by(now)

    @property
    def _waiting(self) -> str:
        return f"{self._space}/waiting"

    async def _is_full(self) -> bool:
        return await self._store.count(self._waiting, self._clock.now()) >= self._step.capacity

    async def _deliver(self) -> float:
        if await self._store.expiring(self._waiting):
            async with self._order.turn() as taken:
                while taken and (keys := await self._store.expiring(self._waiting)):
                    entry = await self._store.get(self._waiting, keys[0], self._clock.now())
                    until = 0.0 if entry is None else await self._deliver_first(int(keys[0]), entry)
                    if until:
                        return until
        return float("inf")

    async def _deliver_first(self, number: int, entry: Entry) -> float:
        """Delivers the first message that waits, if it is its turn; else until when it waits for others."""
        message = message_of(entry.value)
        last, trying, attempts = await self._progress() or (None, None, 0)
        until = float(message.name) + self._step.gap_timeout
        if until > self._clock.now() and (last is None or number != last + 1):
            return until

        async def begin(attempt: int) -> None:
            await self._note(last, number, attempt)

        async def done() -> None:
            await self._store.remove(self._waiting, str(number), entry.revision)
            await self._note(number, None, 0)
            self._let_in()

        await self._order.deliver(message, attempts if trying == number else 0, begin, done)
        return 0.0
