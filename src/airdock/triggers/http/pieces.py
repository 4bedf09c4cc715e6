"""A body that is taken from the wire piece by piece."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable

from airdock.deadline import DeadlineError, within
from airdock.errors import FlowError
from airdock.triggers.http.encodings import Unpacking

ReceivePieces = Callable[[int | None], AsyncGenerator[bytes, None]]
"""Makes the pieces as they come from the wire, of the length that the client announced."""


async def wire_pieces(
    receive: ReceivePieces, length: int | None, encoding: str, most: int, seconds: float
) -> AsyncIterator[bytes]:
    """The pieces with their encoding undone.

    Args:
        length: What the client announced; None: unknown. encoding: One that `can_unpack` takes.
        most: Bytes at most. seconds: How long each piece is waited for.

    Raises:
        FlowError: `request.tooLarge`, `request.incomplete` or `request.body`.
    """
    if length is not None and length > most:
        raise FlowError("request.tooLarge", f"The body is larger than {most} bytes.")
    unpacking = Unpacking(encoding, most)
    wire = receive(length)
    try:
        while (piece := await _next(wire, seconds)) is not None:
            for out in unpacking.feed(piece):
                yield out
        unpacking.end()
    finally:
        await wire.aclose()


async def _next(wire: AsyncGenerator[bytes, None], seconds: float) -> bytes | None:
    try:
        return await within(seconds, anext(wire, None))
    except DeadlineError:
        message = f"Nothing more of the body came within {seconds:g} s."
        raise FlowError("request.incomplete", message, status=408) from None
