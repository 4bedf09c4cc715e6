"""Brings a listener those of its dead letters that are to be sent again."""

import asyncio
import logging

from airdock.deadletters import DeadLetters
from airdock.errors import FlowError
from airdock.spec.descriptors import Listener
from airdock.triggers.activity import Activity
from airdock.triggers.listener.delivery import Delivery
from airdock.triggers.listener.resent import Resent
from airdock.triggers.listener.session import Session

log = logging.getLogger("airdock.listeners")

_MOST = 100
"""Letters that are in hand at once."""


class Post:
    """Takes letters when told to look for some, whether or not the listener's source is there.

    Attributes:
        session: What is in hand of them.
    """

    def __init__(self, activity: Activity[Listener], letters: DeadLetters, delivery: Delivery) -> None:
        self.session = Session(_MOST)
        self._name = activity.name
        self._letters = letters
        self._delivery = delivery
        self._news = asyncio.Event()

    def look(self) -> None:
        """There may be some."""
        self._news.set()

    async def deliver(self) -> None:
        """Until it is cancelled."""
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                while await self._bring():
                    pass
            except FlowError as error:
                log.warning("%s: dead letters cannot be read: %s", self._name, error)

    async def _bring(self) -> bool:
        """Brings some, and waits until they are done; whether there were any."""
        letters = await self._letters.take(self._name, _MOST)
        for letter in letters:
            await self.session.room()
            self._delivery.add([Resent(letter, self._letters)], self.session)
        await self.session.until_empty()
        return bool(letters)
