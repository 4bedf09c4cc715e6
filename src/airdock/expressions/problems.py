"""What goes wrong with expressions, in the words of the person who wrote them."""

from airdock.errors import AirdockError, FlowError

SHOWN_SOURCE = 60
"""Characters of an expression that a message shows."""
SHOWN_REASON = 100
"""Characters of the library's own words that a message shows; they may quote a value of the message."""

LIMITS = {
    "D1011": "it is nested or recurses too deeply",
    "D1012": "it ran too long",
    "D2014": "a range has too many items",
    "D2015": "a list has too many items",
    "D2016": "a text is too long",
    "U1001": "a value or a text grew too large or too deep",
    "U1006": "it took too many steps",
}


class ExpressionSyntaxError(AirdockError):
    """An expression or a template does not compile.

    Attributes:
        message: What is wrong, in the author's terms.
        offset: Code points from the start of the text that holds the expression.
        pointer: Keys and indexes that lead to that text inside a template's value; empty for an expression.
    """

    def __init__(self, message: str, offset: int = 0, pointer: tuple[str | int, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.pointer = pointer


def shortened(text: str, length: int = SHOWN_SOURCE) -> str:
    """The text on one line, cut to the length."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def type_error(source: str, reason: str, jsonata: str = "", position: int | None = None) -> FlowError:
    """An `expression.type` that names the expression and what went wrong."""
    return _failure("expression.type", source, shortened(reason, SHOWN_REASON), jsonata, position)


def limit_error(source: str, reason: str, jsonata: str = "", position: int | None = None) -> FlowError:
    """An `expression.limit` that names the expression and the bound it hit."""
    return _failure("expression.limit", source, reason, jsonata, position)


def runtime_error(source: str, code: str, reason: str, position: int | None) -> FlowError:
    """The error for what the library says about an evaluation."""
    if code in LIMITS:
        return limit_error(source, LIMITS[code], code, position)
    return type_error(source, reason, code, position)


def _failure(code: str, source: str, reason: str, jsonata: str, position: int | None) -> FlowError:
    shown = shortened(source)
    details = {"jsonata": jsonata, "position": position, "expression": shown}
    return FlowError(code, f"the expression `{shown}`: {reason}", details=details)
