"""The story of an error code."""

from typing import Literal

import msgspec

Severity = Literal["error", "warning", "hint"]


class ErrorCode(msgspec.Struct, frozen=True):
    """What a code means and what to do about it.

    Attributes:
        code: Stable name, `area.detail`; the area of a step's own codes is its type. What `on` is matched with.
        meaning: One sentence.
        advice: The next move.
        status: What an HTTP caller gets when nobody handles an error of this code.
    """

    code: str
    meaning: str
    advice: str
    status: int = 500
