"""The story of an error code."""

from typing import Any, Literal

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


class LintCode(msgspec.Struct, frozen=True):
    """What a rule of lint finds, and what to do about it.

    Attributes:
        code: Stable name, `lint.detail`; what an ignore comment names.
        meaning: One sentence.
        advice: The next move.
        severity: `warning` for what is most likely a mistake, `hint` for what may be one.
        example: A flow, or a step of one, in which the rule finds something; None where it takes more than that.
        enabled: Whether it is asked unless a project says otherwise.
    """

    code: str
    meaning: str
    advice: str
    severity: Severity = "warning"
    example: dict[str, Any] | None = None
    enabled: bool = True
