"""Messages in batches, each of which is put in order."""

import logging
from typing import Any

from airdock.exchange import Exchange
from airdock.state import Closed
from airdock.steps.groups.group_items import Message, messages_of, packed
from airdock.steps.groups.resequencing import Resequencer, is_number

log = logging.getLogger("airdock.steps")

_OPEN = ""
"""Key of the batch that takes messages."""
_LOOK = 30.0
_MOST_BYTES = 64 * 1024**2


class BatchResequencer(Resequencer):
    """Closes a batch by its size or because no message comes, and delivers one batch after another.

    The progress is the id of the batch that is being delivered, the place of the message in it, and its attempt.
    """

    _wanted = "a number or a text"
    _look = 0.0
    """When it is looked for batches whose completion was cut off before it was noted."""

    def _is_valid(self, value: Any) -> bool:
        return is_number(value) or isinstance(value, str)

    async def _keep(self, exchange: Exchange, value: Any) -> None:
        step = self._step
        item = packed(exchange, value, step.max_message_size, "resequence.message")
        await self._room()
        now = self._clock.now()
        due = now + step.batch_timeout
        appended = await self._store.append(
            self._space,
            _OPEN,
            item,
            now,
            due=due,
            close_at=min(step.batch_size, step.capacity),
            close_at_bytes=_MOST_BYTES,
            note=repr(now),
        )
        self._alarm.set(_OPEN, due)
        if appended.closed is not None:
            await self._closed(appended.closed)

    async def _closed(self, batch: Closed) -> None:
        """A batch is complete."""
        self._alarm.forget(_OPEN)
        await self._store.put(self._pending, batch.id, b"")
        self._alarm.wake_by(self._clock.now())

    @property
    def _pending(self) -> str:
        return f"{self._space}/pending"

    async def _is_full(self) -> bool:
        size = min(self._step.batch_size, self._step.capacity)
        return await self._store.count(self._pending, self._clock.now()) >= max(self._step.capacity // size, 1)

    async def _deliver(self) -> float:
        now = self._clock.now()
        due = await self._store.close(self._space, _OPEN, now, due_by=now, note=repr(now))
        if due is not None:
            await self._closed(due)
        if now < self._look and not await self._store.count(self._pending, now):
            return float("inf")
        self._look = now + _LOOK
        async with self._order.turn() as taken:
            while taken and (batch := await self._store.claim(self._space, self._clock.now(), 0.0)) is not None:
                # So that it stays in front of those that were complete later, should this process go.
                await self._store.renew(self._space, batch.id, batch.attempt, float(batch.note))
                await self._deliver_batch(batch)
        return float("inf")

    async def _deliver_batch(self, batch: Closed) -> None:
        begun, place, attempts = await self._progress() or ("", 0, 0)
        messages = self._ordered(messages_of(batch.items))
        for index in range(place if begun == batch.id else 0, len(messages)):
            await self._deliver_one(
                batch, messages[index], index, attempts if (begun, place) == (batch.id, index) else 0
            )
        await self._store.confirm(self._space, batch.id)
        await self._store.remove(self._pending, batch.id)
        self._let_in()

    async def _deliver_one(self, batch: Closed, message: Message, index: int, begun: int) -> None:
        async def begin(attempt: int) -> None:
            await self._note(batch.id, index, attempt)

        async def done() -> None:
            await self._note(batch.id, index + 1, 0)

        await self._order.deliver(message, begun, begin, done)

    def _ordered(self, messages: list[Message]) -> list[Message]:
        """In order; numbers are in front of texts."""
        step = self._step
        if not step.allow_duplicates:
            first: dict[tuple[bool, Any], Message] = {}
            for message in messages:
                first.setdefault(_rank(message), message)
            if len(first) < len(messages):
                log.debug(
                    "%d messages of %s are dropped, as others have the same value",
                    len(messages) - len(first),
                    self._space,
                )
            messages = list(first.values())
        return sorted(messages, key=_rank, reverse=step.reverse)


def _rank(message: Message) -> tuple[bool, Any]:
    return isinstance(message.name, str), message.name
