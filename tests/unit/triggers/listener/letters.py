"""Dead letters in memory."""

from itertools import count

from airdock.deadletters import Content, Death, Letter
from airdock.errors import FlowError


class MemoryLetters:
    """Keeps the promises of `DeadLetters` within a process.

    Attributes:
        letters: By id. away: Nothing can be kept.
    """

    def __init__(self) -> None:
        self.letters: dict[str, Letter] = {}
        self.away = False
        self._numbers = count(1)

    def _check(self) -> None:
        if self.away:
            raise FlowError("state.unavailable", "the letters are away")

    async def put(self, listener: str, source: str, content: Content, death: Death) -> None:
        self._check()
        for letter in self.letters.values():
            if content.id and (letter.listener, letter.content.id) == (listener, content.id):
                letter.death, letter.state = death, "dead"
                return
        id = f"{next(self._numbers):04}"
        self.letters[id] = Letter(id=id, listener=listener, source=source, content=content, death=death)

    def queue(self, id: str) -> None:
        """A person wants it to be sent again."""
        self.letters[id].state = "queued"

    async def waiting(self) -> list[str]:
        self._check()
        return sorted({letter.listener for letter in self.letters.values() if letter.state == "queued"})

    async def take(self, listener: str, limit: int) -> list[Letter]:
        self._check()
        found = [each for each in self.letters.values() if each.listener == listener and each.state == "queued"]
        for letter in found[:limit]:
            letter.state = "sending"
        return found[:limit]

    async def renew(self, id: str) -> None:
        self._check()

    async def done(self, id: str) -> None:
        self._check()
        self.letters.pop(id, None)

    async def died_again(self, id: str, death: Death) -> None:
        self._check()
        self.letters[id].death = death
        self.letters[id].state = "dead"

    async def give_back(self, id: str) -> None:
        self._check()
        self.letters[id].state = "queued"
