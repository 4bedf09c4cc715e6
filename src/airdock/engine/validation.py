"""`input` and `output`: JSON Schema of what a flow takes and gives."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from airdock.exchange import Exchange, Step
from airdock.response import ABSENT
from airdock.validation import compile_schema, refuse_misfit

BODY_METHODS = frozenset(("POST", "PUT", "PATCH", "MESSAGE"))
"""Of requests that have a body; `MESSAGE` is that of a message of a WebSocket."""


def with_input(step: Step, schema: Any) -> Step:
    """Refuses a request whose body does not fit; a request without a body is checked only where a body is usual."""
    check = compile_schema(schema)

    def run(exchange: Exchange) -> Awaitable[None] | None:
        body = exchange.body
        if body is not None or exchange.request.method in BODY_METHODS:
            refuse_misfit("request.schema", "the body", body, check, lambda: _came_as(body, exchange))
        return step(exchange)

    return run


def output_check(schema: Any) -> Callable[[Exchange], None]:
    """Refuses an answer below status 400 that does not fit. What `output` steps wrote is checked as JSON."""
    check = compile_schema(schema)

    def run(exchange: Exchange) -> None:
        if (exchange.response.status or 200) < 400:
            refuse_misfit("response.schema", "the answer", _answer_value(exchange), check)

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
