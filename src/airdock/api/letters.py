"""Dead letters: what arrived at listeners and could not be worked off."""

from typing import Any, Literal

from airdock.api.shapes import RequestBody, ResponseBody, Time

LetterState = Literal["dead", "queued", "sending"]
Encoding = Literal["text", "base64", "json"]


class DeadLetter(ResponseBody, kw_only=True):
    """A dead letter, without what arrived.

    Attributes:
        listener: `project/orders.listener`; in a sandbox `~user/project/orders.listener`. project: Empty at the root.
        source: What it came from, such as `message`. contentType, size: Of what arrived; bytes that it takes here.
        code, message: The error of the last run. run: Its id; empty where none began. attempts: How many there were.
        arrived: When it came first. died: When it was given up.
        state: `dead`: it waits for a person. `queued`: it is to be sent again. `sending`: it is being worked on.
        revision: What a change of it must name.
    """

    id: str
    listener: str
    project: str
    source: str
    content_type: str
    size: int
    code: str
    message: str
    run: str
    attempts: int
    arrived: Time
    died: Time
    state: LetterState
    revision: int


class DeadLetterContent(DeadLetter, kw_only=True):
    """A dead letter with what arrived, unmasked.

    Attributes:
        message_id, key, headers, about: What came with it.
        encoding: How `body` is written: `text`, `base64` of bytes that are no text, or `json` for a value.
        body: What arrived; its beginning where it is long. whole: `body` is all of it.
    """

    message_id: str
    key: str
    headers: dict[str, str]
    about: dict[str, Any]
    encoding: Encoding
    body: Any
    whole: bool


class DeadLetterChange(RequestBody, kw_only=True):
    """Other content in the place of what arrived. What is left out stays.

    Attributes:
        revision: That of the letter as it was read.
        body, encoding: What is to be sent, as in `DeadLetterContent`.
        content_type: Of it. headers: In the place of all that came with it.
    """

    revision: int
    body: Any = None
    encoding: Encoding | None = None
    content_type: str | None = None
    headers: dict[str, str] | None = None


class DeadLetterChoice(RequestBody, kw_only=True):
    """Which letters are meant: those that fit all that is given. Something must be.

    Attributes:
        ids: These. listener, project: Of it. code: With this in the code of their error. all: Every one.
    """

    ids: list[str] = []
    listener: str = ""
    project: str | None = None
    code: str = ""
    all: bool = False


class DeadLetterCount(ResponseBody, kw_only=True):
    """How many letters something was done with."""

    count: int
