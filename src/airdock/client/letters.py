"""Dead letters and listeners by the API."""

from collections.abc import Iterator, Sequence
from typing import Any

from airdock.api.letters import (
    DeadLetter,
    DeadLetterChange,
    DeadLetterChoice,
    DeadLetterContent,
    DeadLetterCount,
    Encoding,
    LetterState,
)
from airdock.api.listeners import ListenerInfo
from airdock.client.pages import items
from airdock.client.transport import Transport, path_of


class ListenerCalls:
    """`client.listeners`: how listeners stand, and pausing them."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self) -> Iterator[ListenerInfo]:
        """The listeners, by name."""
        return items(self._transport, ListenerInfo, "/listeners")

    def pause(self, name: str) -> None:
        """Pauses a listener on all nodes."""
        self._transport.send("PUT", _paused(name))

    def resume(self, name: str) -> None:
        """Has a listener go on."""
        self._transport.send("DELETE", _paused(name))


class LetterCalls:
    """`client.letters`: what listeners could not work off."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        listener: str | None = None,
        project: str | None = None,
        code: str | None = None,
        state: LetterState | None = None,
        limit: int | None = None,
    ) -> Iterator[DeadLetter]:
        """Dead letters, the newest first. `code`: only those with this in the code of their error."""
        query = {"listener": listener, "project": project, "code": code, "state": state}
        return items(self._transport, DeadLetter, "/dead-letters", limit=limit, **query)

    def get(self, id: str) -> DeadLetterContent:
        """A dead letter with what arrived."""
        return self._transport.read(DeadLetterContent, path_of("dead-letters", id))

    def change(
        self,
        id: str,
        revision: int,
        *,
        body: Any = None,
        encoding: Encoding | None = None,
        content_type: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> DeadLetterContent:
        """Puts other content in the place of what arrived; what is left out stays.

        Args:
            revision: That of the letter as it was read. encoding: How `body` is written; without it the body stays.
        """
        change = DeadLetterChange(
            revision=revision, body=body, encoding=encoding, content_type=content_type, headers=headers
        )
        return self._transport.write(DeadLetterContent, "PATCH", path_of("dead-letters", id), change)

    def send(
        self,
        ids: Sequence[str] = (),
        *,
        listener: str = "",
        project: str | None = None,
        code: str = "",
        all: bool = False,
    ) -> int:
        """Has letters sent again, those that fit all that is given; how many."""
        return self._do("send", DeadLetterChoice(ids=[*ids], listener=listener, project=project, code=code, all=all))

    def discard(
        self,
        ids: Sequence[str] = (),
        *,
        listener: str = "",
        project: str | None = None,
        code: str = "",
        all: bool = False,
    ) -> int:
        """Removes letters for good, those that fit all that is given; how many."""
        return self._do("discard", DeadLetterChoice(ids=[*ids], listener=listener, project=project, code=code, all=all))

    def _do(self, what: str, choice: DeadLetterChoice) -> int:
        return self._transport.write(DeadLetterCount, "POST", path_of("dead-letters", what), choice).count


def _paused(name: str) -> str:
    return path_of("listeners", "paused", *name.strip("/").split("/"))
