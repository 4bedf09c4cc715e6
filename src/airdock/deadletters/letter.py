"""A dead letter: what arrived at a listener, could not be worked off, and waits for a person."""

from typing import Any, Literal, Protocol

import msgspec

from airdock.errors import AirdockError

State = Literal["dead", "queued", "sending"]


class LetterError(AirdockError):
    """What was asked for cannot be done. `code` is a key of `CODES`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Content(msgspec.Struct, kw_only=True):
    """What arrived, as it arrived.

    Attributes:
        body: Bytes, a text, or a value. content_type: Of bytes and text; may be empty.
        headers, id, key, about: As in `airdock.spec.trigger.Arrival`.
        whole: False: the body is not what arrived, which could not be kept, and no run may take it for that.
    """

    body: Any
    content_type: str = ""
    headers: dict[str, str] = {}
    id: str = ""
    key: str = ""
    about: dict[str, Any] = {}
    whole: bool = True


class Death(msgspec.Struct, kw_only=True):
    """Why it could not be worked off.

    Attributes:
        code, message: The error of the last run. run: Its id. attempts: How many runs there were.
        arrived: Unix time when it came first, as far as the process knew. at: When it was given up.
    """

    code: str
    message: str
    run: str = ""
    attempts: int = 1
    arrived: float = 0.0
    at: float = 0.0


class LetterInfo(msgspec.Struct, kw_only=True):
    """A dead letter in one line, without what arrived.

    Attributes:
        id: UUIDv7. listener: `project/orders.listener`, in a sandbox `~user/project/orders.listener`.
        project: Of the listener, empty at the root. owner: Whose sandbox; empty for the registry.
        source: What it came from, such as `message`. content_type: Of what arrived. death: Why it lies here.
        state: `dead`: it waits for a person. `queued`: it is to be sent again. `sending`: it is being worked on.
        revision: One more with each change. size: Bytes that it takes here.
    """

    id: str
    listener: str
    source: str
    death: Death
    project: str = ""
    owner: str = ""
    content_type: str = ""
    state: State = "dead"
    revision: int = 1
    size: int = 0


class Letter(LetterInfo, kw_only=True):
    """A dead letter with what arrived."""

    content: Content


class DeadLetters(Protocol):
    """Where listeners put what they cannot work off, and find what is to be tried again.

    Every method raises FlowError: `state.unavailable` when nothing can be kept now, `deadLetters.full` when there is no
    room, `state.unreadable` for what was sealed with a key that is not at hand.
    """

    async def put(self, listener: str, source: str, content: Content, death: Death) -> None:
        """Keeps a letter, durably. One of the same listener and message id is taken for the same, and replaced."""

    async def waiting(self) -> list[str]:
        """Listeners for which there are letters to be sent again."""

    async def take(self, listener: str, limit: int) -> list[Letter]:
        """Letters to be sent again, the oldest first. They are the caller's for a while, see `renew`."""

    async def renew(self, id: str) -> None:
        """Work on a letter goes on."""

    async def done(self, id: str) -> None:
        """A letter was worked off: it is removed."""

    async def died_again(self, id: str, death: Death) -> None:
        """A letter that was sent again failed again."""

    async def give_back(self, id: str) -> None:
        """A letter was not worked on and is to be sent again later."""


def place_of(listener: str) -> tuple[str, str]:
    """The owner and the project of a listener by its name; empty for the registry, and for the root."""
    owner, path = "", listener
    if listener.startswith("~"):
        owner, _, path = listener[1:].partition("/")
    return owner, path.partition("/")[0] if "/" in path else ""
