"""The errors that authors, callers and operators meet: a code, a sentence, the place, the next move."""

from fnmatch import fnmatchcase
from typing import Any

import msgspec

from airdock.codes import CODES, Severity


class Place(msgspec.Struct, frozen=True):
    """Where something stands in an author's file. Line and column count from 1; 0 is unknown."""

    file: str = ""
    line: int = 0
    column: int = 0
    path: str = "$"

    def __str__(self) -> str:
        numbers = [str(number) for number in (self.line, self.column) if number] if self.line else []
        return ":".join((self.file, *numbers))


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong in a descriptor.

    Attributes:
        code: A key of `CODES`; of `LINT` where the severity is less than an error.
        message: What is wrong and what was expected, in the author's terms.
        place: File, line, column and JSON path (`$.steps[0].type`).
        hint: The nearest right word or the next move; may be empty.
        severity: A descriptor with an error is refused. A warning is most likely a mistake; a hint may be one.
    """

    code: str
    message: str
    place: Place = Place()
    hint: str = ""
    severity: Severity = "error"

    def __str__(self) -> str:
        text = f"{self.place}: {self.message}" if self.place.file else self.message
        if self.hint:
            text = f"{text}: {self.hint}"
        return f"{text} [{self.place.path}]" if self.place.path != "$" else text


class AirdockError(Exception):
    """Base of all errors that Airdock raises on purpose."""


class DescriptorError(AirdockError):
    """A descriptor cannot be used. `problems` has everything that is wrong with it, in file order."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class FlowError(AirdockError):
    """A step failed while a flow ran; what `catch`, `onError` and the run log see.

    Attributes:
        code: What `on` is matched with; a key of `CODES`, or the author's own (`throw`).
        message: For the author. Never holds a secret.
        status: What an HTTP caller gets if nobody handles it.
        step: Path of the step that failed (`"3.welcome.1"`), empty until the engine knows it.
        details: What a machine may read further, such as the upstream status.
        recovery: The engine's note of which flow's handlers were asked last, so that none is asked twice.
        checkpoint: Where the run stood when the step failed (`Checkpoint`); None where that is not kept.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int | None = None,
        step: str = "",
        details: dict[str, Any] | None = None,
    ) -> None:
        # Scripts raise it too, with whatever they have.
        code, message = text_of(code), text_of(message)
        super().__init__(message)
        self.code = code
        self.message = message
        declared = CODES.get(code)
        self.status = status if status is not None else declared.status if declared else 500
        self.step = step
        self.details = details or {}
        self.recovery: object = None
        self.checkpoint: Any = None

    def matches(self, pattern: str) -> bool:
        """Whether an entry of `on` takes this error.

        An entry is a code, a glob of codes (`connector.*`), the end of a code behind a dot (`timeout` takes
        `step.timeout`), or the class of an upstream HTTP status (`http.503`, `http.5xx`).
        """
        if fnmatchcase(self.code, pattern) or self.code.endswith(f".{pattern}"):
            return True
        status = self.details.get("status")
        if status is None or not pattern.startswith("http."):
            return False
        return fnmatchcase(str(status), pattern.removeprefix("http.").replace("x", "?"))

    def as_document(self) -> dict[str, Any]:
        """What an expression sees as `error`."""
        cause = self.__cause__
        return {
            "code": self.code,
            "message": self.message,
            "status": self.status,
            "step": self.step,
            "details": self.details,
            "cause": described(cause) if cause is not None else None,
        }


class RefusedError(AirdockError):
    """What an operator asked for cannot be done. `code` is a key of `CODES`; the message says why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


_TOO_DEEP = "something is nested too deeply, most often a value that holds itself"


def as_flow_error(error: Exception) -> FlowError:
    """The error itself, or a `step.failed` that has it as its cause."""
    if isinstance(error, FlowError):
        return error
    deep = isinstance(error, RecursionError)
    wrapped = FlowError("step.failed", _TOO_DEEP if deep else described(error))
    wrapped.__cause__ = error
    return wrapped


def described(error: BaseException) -> str:
    """`"ValueError: the message"`, whatever the exception's own `__str__` does."""
    text = text_of(error, "(its message cannot be shown)")
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def text_of(value: object, otherwise: str = "(cannot be shown)") -> str:
    """`str(value)`, or `otherwise` where that fails: it may be an author's code, which may raise anything."""
    if type(value) is str:
        return value
    try:
        # Of a class of texts, too, only the characters.
        return "".join(str(value))
    except BaseException:  # noqa: BLE001 -- to show an error must never make another one, or end the program
        return otherwise
