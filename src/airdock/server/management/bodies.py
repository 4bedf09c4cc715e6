"""Reading the JSON bodies of requests: exactly the types of `airdock.api`, and errors by the names on the wire."""

import re
from typing import Any, Self, TypeVar

import msgspec
from litestar import Request
from litestar.exceptions import ClientException

from airdock.api.shapes import ProblemInfo

T = TypeVar("T")

_AT = re.compile(r"^(.*) - at `(?:key in )?\$\.?(.*)`$", re.DOTALL)
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class InvalidBodyError(Exception):
    """The body of a request is not what the route takes."""

    def __init__(self, problem: ProblemInfo) -> None:
        super().__init__(problem.message)
        self.problem = problem

    @classmethod
    def of(cls, field: str, message: str) -> Self:
        """An error of a field, by its name on the wire."""
        return cls(_problem(message, field))


def decode(request: Request[Any, Any, Any], body: bytes, wanted: type[T]) -> T:
    """The body of a request as what a route takes.

    Raises:
        InvalidBodyError: it does not fit. ClientException: 415, it is said to be something else than JSON.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        # A page from elsewhere cannot send this type unasked, either.
        raise ClientException("Send the body as JSON, with Content-Type: application/json.", status_code=415)
    if _NUL.search(body):
        raise InvalidBodyError(_problem("A text holds the character NUL.", ""))
    try:
        return msgspec.json.decode(body, type=wanted)
    except msgspec.ValidationError as error:
        message, field = told(error)
        raise InvalidBodyError(_problem(message, field)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidBodyError(_problem(f"The body is not JSON: {error}", "")) from None
    except RecursionError:
        raise InvalidBodyError(_problem("The body is nested too deep.", "")) from None


def told(error: msgspec.ValidationError) -> tuple[str, str]:
    """The sentence and the field of an error of msgspec, as in `roles[1]`."""
    found = _AT.match(str(error))
    return (found[1], found[2]) if found else (str(error), "")


def _problem(message: str, field: str) -> ProblemInfo:
    return ProblemInfo(code="request.value", message=message, field=f"body.{field}" if field else "body")
