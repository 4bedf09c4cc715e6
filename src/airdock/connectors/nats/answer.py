"""What comes back of a request."""

from typing import NamedTuple


class Answer(NamedTuple):
    """The content and the headers of an answer."""

    content: bytes
    headers: dict[str, str]
