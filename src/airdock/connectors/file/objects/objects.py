"""What a store of objects does for files: the least that all of them have."""

from typing import NamedTuple, Protocol

from airdock.connectors.file.spool import Spooled
from airdock.errors import FlowError

ANY, ABSENT = "", "*"
"""When an object is put: whatever is there, or only where nothing is. Else only over the version named."""


class Head(NamedTuple):
    """An object: its key, bytes, Unix time of its last change, and what names this content of it."""

    key: str
    size: int
    modified: float
    version: str = ""


class Page(NamedTuple):
    """Some of the objects whose keys begin so.

    Attributes:
        heads: Objects. folders: What their keys begin with up to the delimiter, which ends each. more: Names the page
            behind; empty for none.
    """

    heads: list[Head]
    folders: list[str]
    more: str = ""


class Objects(Protocol):
    """The objects of one bucket. Each thing that is done to one is done as a whole or not at all.

    Raises what all connectors do: `connector.unavailable`, `connector.refused`, `connector.timeout`, and
    `connector.file.denied` with the words of the store.

    Attributes:
        location: Names the bucket, without credentials.
    """

    location: str

    async def check(self, prefix: str) -> None:
        """Asks whether the bucket is there and lists what begins so."""

    async def close(self) -> None:
        """Ends what is open."""

    async def head(self, key: str) -> Head | None:
        """What an object is; None where there is none."""

    async def get(self, key: str, offset: int, size: int) -> bytes | None:
        """A part of its content, which may be empty at the end; None where there is no object."""

    async def put(self, key: str, content: Spooled, when: str) -> bool:
        """Puts an object there; False where the condition does not hold."""

    async def copy(self, key: str, to: str, when: str) -> bool:
        """Has the store copy an object; `when` is `ANY` or `ABSENT`."""

    async def delete(self, key: str) -> None:
        """Deletes an object, if there is one."""

    async def page(self, prefix: str, delimiter: str, more: str, most: int) -> Page:
        """At most so many of those whose keys begin so, in the order of their keys, from the page `more` on."""


def flow_error_in(error: BaseException | None) -> FlowError | None:
    """The error of the network's own rules that a library made one of its own of; None where there is none."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, FlowError):
            return error
        seen.add(id(error))
        error = getattr(error, "kwargs", {}).get("error") or error.__cause__ or error.__context__
    return None
