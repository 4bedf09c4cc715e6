"""Checks of values by JSON Schema."""

from collections.abc import Callable
from typing import Any

import jsonschema_rs

from airdock.errors import FlowError

MAX_ERRORS = 10


def compile_schema(schema: Any) -> Callable[[Any], list[str]]:
    """A check that gives sentences about what does not fit, at most `MAX_ERRORS`.

    Raises:
        ValueError: the schema is none, or refers to another document.
    """
    try:
        validator = jsonschema_rs.Draft202012Validator(schema, retriever=_refuse)
    except jsonschema_rs.ValidationError as error:
        raise ValueError(error.message) from error

    def check(value: Any) -> list[str]:
        if validator.is_valid(value):
            return []
        sentences = []
        for error in validator.iter_errors(value):
            sentences.append(f"{_pointer(error.instance_path)}: {error.message[:200]}")
            if len(sentences) == MAX_ERRORS:
                break
        return sentences

    return check


def refuse_misfit(
    code: str, what: str, value: Any, check: Callable[[Any], list[str]], advice: Callable[[], str] = str
) -> None:
    """Raises FlowError of the code where a value does not fit; `details.errors` has the sentences.

    Args:
        what: The value, in the words of errors. advice: What to add to what does not fit.
    """
    if isinstance(value, bytes):
        raise FlowError(code, f"{what} is bytes and not JSON{advice()}")
    try:
        sentences = check(value)
    except (ValueError, TypeError) as error:
        raise FlowError(code, f"{what} is not JSON: {error}") from error
    if sentences:
        message = f"{what} does not fit the schema: {sentences[0]}{advice()}"
        raise FlowError(code, message, details={"errors": sentences})


def _pointer(path: list[str | int]) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)


def _refuse(address: str) -> Any:
    raise ValueError(f"a schema may only refer to itself, not to {address!r}")
