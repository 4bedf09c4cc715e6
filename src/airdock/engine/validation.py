"""`input` and `output`: JSON Schema of what a flow takes and gives."""

from collections.abc import Awaitable, Callable
from typing import Any

import jsonschema_rs
import msgspec

from airdock.errors import FlowError
from airdock.exchange import Exchange, Step
from airdock.response import ABSENT

BODY_METHODS = frozenset(("POST", "PUT", "PATCH"))
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


def with_input(step: Step, schema: Any) -> Step:
    """Refuses a request whose body does not fit; a request without a body is checked only where a body is usual."""
    check = compile_schema(schema)

    def run(exchange: Exchange) -> Awaitable[None] | None:
        body = exchange.body
        if body is not None or exchange.request.method in BODY_METHODS:
            _refuse_misfit("request.schema", "the body", body, check, lambda: _came_as(body, exchange))
        return step(exchange)

    return run


def output_check(schema: Any) -> Callable[[Exchange], None]:
    """Refuses an answer below status 400 that does not fit. What `output` steps wrote is checked as JSON."""
    check = compile_schema(schema)

    def run(exchange: Exchange) -> None:
        if (exchange.response.status or 200) < 400:
            _refuse_misfit("response.schema", "the answer", _answer_value(exchange), check)

    return run


def _answer_value(exchange: Exchange) -> Any:
    response = exchange.response
    if response.body is not ABSENT:
        return response.body
    if not response.parts:
        return exchange.body if exchange.body_set else None
    written = b"".join(part.encode() if isinstance(part, str) else part for part in response.parts)
    try:
        return msgspec.json.decode(written)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return written.decode(errors="replace")


def _came_as(body: Any, exchange: Exchange) -> str:
    """Why a body that looks right to its sender does not fit: most often it was not sent as JSON."""
    if body is None:
        return "; there is no body"
    content_type = str(exchange.request.headers.get("content-type", ""))
    if "json" in content_type.lower():
        return ""
    came = f"as {content_type[:100]}" if content_type else "without a content type"
    return f"; it came {came}, and JSON needs `content-type: application/json`"


def _refuse_misfit(
    code: str, what: str, value: Any, check: Callable[[Any], list[str]], advice: Callable[[], str] = str
) -> None:
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
