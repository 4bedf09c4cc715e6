"""Applies a run's outcome to the exchange. Everything is checked first, so that a bad outcome changes nothing."""

import re
from typing import Any

import msgspec

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.response import ABSENT
from airdock.scripts.javascript.cookies import cookie_header
from airdock.scripts.javascript.merge import changed_value
from airdock.scripts.javascript.outcome import Bytes, Changes, Outcome, Value, Written
from airdock.scripts.values import Result

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")


def apply_outcome(exchange: Exchange, outcome: Outcome, result: Result) -> None:
    """
    Raises:
        FlowError: `script.result`, a value cannot be read; `response.invalid`, HTTP does not allow a header or status.
    """
    try:
        properties = _values(outcome.properties, exchange.properties)
        headers = _values(outcome.headers, exchange.headers if outcome.headers else {})
        body = _value(outcome.body, exchange.document.get("body")) if outcome.body else None
        value = _value(outcome.result, None) if outcome.result else None
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise FlowError("script.result", f"what the script left cannot be read: {error}") from error
    written = _checked(outcome.response) if outcome.response else {}
    if outcome.properties:
        _change(exchange.properties, properties, outcome.properties.removed)
    if outcome.headers:
        _change(exchange.headers, headers, outcome.headers.removed)
    if outcome.body:
        exchange.document["body"] = body
        exchange.body_set = exchange.body_set or outcome.body.set
    if outcome.response:
        _write(exchange, outcome.response, written)
    if value is not None:
        result(exchange, value)


def _value(value: Value, original: Any) -> Any:
    if value.data is not None:
        return value.data
    return changed_value(original, value.before, value.json or "null")


def _values(changes: Changes | None, originals: dict[str, Any]) -> dict[str, Any]:
    if changes is None:
        return {}
    return {name: _value(value, originals.get(name)) for name, value in changes.changed.items()}


def _change(target: dict[str, Any], changed: dict[str, Any], removed: list[str]) -> None:
    for name, value in changed.items():
        target[name] = value
    for name in removed:
        target.pop(name, None)


def _checked(written: Written) -> dict[str, Any]:
    """The header fields that the script left, as HTTP allows them."""
    headers = {name: _field(name, value) for name, value in (written.headers or {}).items()}
    cookies = [_text("set-cookie", cookie_header(cookie)) for cookie in written.cookies]
    if cookies:
        present = headers.get("set-cookie", [])
        headers["set-cookie"] = [*(present if isinstance(present, list) else [present]), *cookies]
    if written.status is not None and not 100 <= written.status <= 599:
        raise FlowError("response.invalid", f"{written.status} is not an HTTP status")
    return headers


def _field(name: str, value: Any) -> Any:
    if _NAME.fullmatch(name) is None:
        raise FlowError("response.invalid", f"{name!r} is not the name of a header")
    if isinstance(value, list):
        return [_text(name, each) for each in value]
    return _text(name, value)


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        value = "true" if value else "false"
    if not isinstance(value, str | int | float) or _FORBIDDEN.search(str(value)):
        raise FlowError("response.invalid", f"the value of the header {name!r} holds what no header may hold")
    return str(value)


def _write(exchange: Exchange, written: Written, headers: dict[str, Any]) -> None:
    response = exchange.response
    if written.reset:
        response.parts.clear()
        response.body = ABSENT
    if written.status is not None:
        response.status = written.status
    if written.headers is not None:
        response.headers.clear()
    response.headers.update(headers)
    for part in written.parts:
        response.write(part.data if isinstance(part, Bytes) else part)
