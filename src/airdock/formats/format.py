"""What a format declares, and what it tells of content and values that do not fit."""

from collections.abc import Callable, Iterator
from typing import Any, ClassVar, NamedTuple, Protocol

from airdock.errors import Place
from airdock.spec.fields import Spec

Read = Callable[[str | bytes, str], Any]
"""Makes the value of content and of the content type that came with it, which may be empty; raises `ContentError`."""

Write = Callable[[Any], tuple[str | bytes, str]]
"""Makes content of a value, and the content type that belongs to it; raises `UnwritableError`."""

WriteItem = Callable[[Any], bytes]
"""Makes the content of one item; raises `UnwritableError`."""

ReadFile = Callable[[str, Place], bytes]
"""What a file of the registry holds, by its path and the place that names it; raises DescriptorError."""


class Feed(Protocol):
    """Content that comes piece by piece, and the items that it gives."""

    def feed(self, piece: bytes | str) -> Iterator[Any]:
        """The items that end in this piece; raises `ContentError`."""

    def end(self) -> Iterator[Any]:
        """The items that are left: there are no more pieces; raises `ContentError`."""


class ContentError(Exception):
    """Content does not fit the format; the message says where and why."""


class TooLargeError(ContentError):
    """Content is larger, or becomes larger, than the options allow."""


class UnwritableError(Exception):
    """The format cannot hold the value; the message says which and why."""


class Reading(Spec):
    """How content of a format becomes a value: the options of `unmarshal`.

    Attributes:
        slow: It takes so long that large content must not keep other runs waiting: it is read in a thread.
        streaming: The content gives items one by one, as it comes; a field of formats that can.
        max_size: So much may come then.
    """

    slow: ClassVar[bool] = False
    streaming: bool = False
    max_size: int = 0

    def compile(self, file: ReadFile) -> Read:
        """The callable that reads; raises DescriptorError for an option that cannot be used."""
        raise NotImplementedError

    def feed(self, content_type: str) -> Feed:
        """What reads one content piece by piece; for `streaming`."""
        raise NotImplementedError


class Writing(Spec):
    """How a value becomes content of a format: the options of `marshal`.

    Attributes:
        slow: It takes so long that a large value must not keep other runs waiting: it is written in a thread.
    """

    slow: ClassVar[bool] = False

    def compile(self, file: ReadFile) -> Write:
        """The callable that writes; raises DescriptorError for an option that cannot be used."""
        raise NotImplementedError

    def compile_items(self) -> tuple[WriteItem, str] | None:
        """What writes one item of a stream, and the content type of all; None: it needs the whole value."""
        return None


class Format(NamedTuple):
    """A format: the word in the descriptor and its options in both directions."""

    name: str
    reading: type[Reading]
    writing: type[Writing]
