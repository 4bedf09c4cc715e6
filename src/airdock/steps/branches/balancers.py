"""Which of several flows gets a message. Each process decides for itself."""

import random
from collections.abc import Callable
from itertools import cycle
from zlib import crc32

import msgspec

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Expression

Choose = Callable[[Exchange], int]
"""The place of the flow, from 0."""

_ENCODER = msgspec.json.Encoder(order="deterministic", decimal_format="number")


def in_turn(number: int) -> Choose:
    """Each in turn."""
    places = cycle(range(number))
    return lambda exchange: next(places)


def random_one(number: int) -> Choose:
    """Any, and each as often in the long run."""
    return lambda exchange: random.randrange(number)  # noqa: S311 -- spreads load, keeps no secret


def weighted(ratio: list[int], in_turn: bool) -> Choose:
    """Each as often as its share says, in every round of as many messages as the shares add up to."""
    left: list[int] = []
    place = -1

    def choose(exchange: Exchange) -> int:
        nonlocal place
        if not any(left):
            left[:] = ratio
            place = -1
        place = _next(left, place) if in_turn else _any(left)
        left[place] -= 1
        return place

    return choose


def _next(left: list[int], place: int) -> int:
    while True:
        place = (place + 1) % len(left)
        if left[place]:
            return place


def _any(left: list[int]) -> int:
    return random.choices(range(len(left)), left)[0]  # noqa: S311 -- as above


def sticky(correlation: Expression, number: int) -> Choose:
    """The same for the same value; nothing is kept, so that there may be any number of values.

    The callable raises FlowError `loadBalance.correlation` where there is none.
    """
    evaluate = correlation.evaluate

    def choose(exchange: Exchange) -> int:
        value = evaluate(exchange)
        if value is None:
            raise FlowError("loadBalance.correlation", f"`{correlation.source}` has no value")
        try:
            text = _ENCODER.encode(value)
        except (TypeError, ValueError) as error:
            raise FlowError(
                "loadBalance.correlation", f"`{correlation.source}` has a value that is none: {error}"
            ) from None
        return crc32(text) % number

    return choose
