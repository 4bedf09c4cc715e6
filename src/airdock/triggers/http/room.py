"""How much memory the bodies of requests may take up."""

from airdock.codes import CODES
from airdock.errors import FlowError


class Room:
    """What all requests that are under way share. For one thread, the event loop's.

    Attributes:
        left: Bytes that are free.
    """

    __slots__ = ("left",)

    def __init__(self, size: int = 128 * 1024 * 1024) -> None:
        """`size` is in bytes, and at least that of the largest body."""
        self.left = size

    def take(self, count: int) -> None:
        """Takes so many bytes, to be given back.

        Raises:
            FlowError: `request.busy`, there are not so many left.
        """
        if count > self.left:
            raise FlowError("request.busy", CODES["request.busy"].meaning)
        self.left -= count

    def give(self, count: int) -> None:
        """Gives back what was taken."""
        self.left += count
