"""Waiting for a store that is away, as long as there is somebody to wait for."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from airdock.deadline import DeadlineError, within
from airdock.errors import FlowError
from airdock.triggers.listener.work import Work

log = logging.getLogger("airdock.listeners")

Value = TypeVar("Value")

_LONGEST_PAUSE = 5.0
"""Seconds between the attempts to reach a store that is away."""


class GivenUpError(Exception):
    """The listener ends, or the source is closed, while something is waited for."""


class Patience:
    """What keeps a listener from going on, other than its source.

    Attributes:
        ending: Set when nothing more is to begin. trouble: What is wrong; empty for nothing.
        gate: Unix time until which nothing begins, as a circuit is open; 0 for none.
    """

    def __init__(self, name: str) -> None:
        """`name`: the listener's."""
        self.ending = asyncio.Event()
        self.trouble = ""
        self.gate = 0.0
        self._name = name

    async def wait_for(self, work: Work, call: Callable[[], Awaitable[Value]]) -> Value:
        """What a store gives, however long it is away.

        Raises:
            GivenUpError: it was away until the listener or the session ended.
        """
        pause = 0.1
        while True:
            try:
                value = await call()
            except FlowError as error:
                if not self.trouble:
                    log.warning("%s waits: %s", self._name, error)
                self.trouble = str(error)
            else:
                if not self.gate:
                    self.trouble = ""
                return value
            if self.ending.is_set() or work.session.over:
                raise GivenUpError
            await self.rest(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def rest(self, seconds: float) -> None:
        """Waits so long, or until the end."""
        try:
            await within(seconds, self.ending.wait())
        except DeadlineError:
            return
