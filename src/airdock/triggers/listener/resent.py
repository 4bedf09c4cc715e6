"""Dead letters that are sent again: they arrive at their listener as if its source gave them."""

from airdock.deadletters import Content, DeadLetters, Death, Letter
from airdock.errors import FlowError
from airdock.spec.trigger import Arrival
from airdock.streams import Stream
from airdock.triggers.listener.runs import Failed
from airdock.triggers.listener.work import Held


class Resent(Arrival):
    """A dead letter that is sent again. It has one attempt.

    Attributes:
        letter: What it is.
    """

    __slots__ = ("_letters", "letter")

    def __init__(self, letter: Letter, letters: DeadLetters) -> None:
        content = letter.content
        super().__init__(
            content.body,
            content_type=content.content_type,
            headers=content.headers,
            id=content.id,
            key=content.key,
            about={**content.about, "deadLetter": letter.id},
            fault=None if content.whole else _without_content(letter.death),
        )
        self.letter = letter
        self._letters = letters

    async def accept(self) -> None:
        await self._letters.done(self.letter.id)

    async def release(self) -> None:
        await self._letters.give_back(self.letter.id)

    async def working(self) -> None:
        await self._letters.renew(self.letter.id)

    async def die(self, death: Death) -> None:
        """It failed again."""
        await self._letters.died_again(self.letter.id, death)


def content_of(arrival: Arrival) -> Content:
    """What is kept of an arrival. A body that comes piece by piece stays where it comes from."""
    body = arrival.body
    return Content(
        body=None if isinstance(body, Stream) else body,
        content_type=arrival.content_type,
        headers=arrival.headers,
        id=arrival.id,
        key=arrival.key,
        about=arrival.about,
        whole=not isinstance(body, Stream) and (body is not None or arrival.fault is None),
    )


def _without_content(death: Death) -> FlowError:
    if death.code == "deadLetters.content":
        return FlowError("deadLetters.content", death.message)
    message = f"the letter has not what arrived, and cannot be sent again as it is; it died of {death.code}"
    return FlowError("deadLetters.content", f"{message}: {death.message}")


def death_of(held: Held, failed: Failed, at: float) -> Death:
    """Why an arrival goes to the dead letters."""
    error = failed.error
    return Death(
        code=error.code, message=error.message, run=failed.run, attempts=held.attempt, arrived=held.since, at=at
    )
