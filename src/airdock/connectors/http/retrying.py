"""Calls that are made again: when, and after which wait."""

import random
from email.utils import parsedate_to_datetime
from typing import Any

from airdock.errors import FlowError
from airdock.spec.clock import Clock
from airdock.spec.step import Retry

REPEATABLE = frozenset(("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"))
"""Methods that do twice what they do once."""
PASSING = ("connector.unavailable", "connector.timeout", "http.429", "http.502", "http.503", "http.504")
"""What is tried again if nothing else is said: errors that pass."""


class Retrying:
    """How the calls of a connection are tried again."""

    def __init__(self, spec: Retry, clock: Clock) -> None:
        self._spec = spec
        self._on = tuple(spec.on or ()) or PASSING
        self.clock = clock

    def wait(self, error: FlowError, attempts: int) -> float | None:
        """Seconds before the next attempt after so many; None where there is none.

        What the service asked for (`Retry-After`) is waited for, if it is not longer than `maxDelay`.
        """
        spec = self._spec
        if attempts >= spec.attempts or not any(error.matches(pattern) for pattern in self._on):
            return None
        asked = float(error.details.get("retryAfter", 0.0))
        if asked > spec.max_delay:
            return None
        seconds = min(spec.delay * spec.backoff ** (attempts - 1), spec.max_delay)
        spread = 1 + spec.jitter * random.uniform(-1, 1)  # noqa: S311 -- spreads load, keeps no secret
        return max(asked, seconds * spread)


def status_error(method: str, url: str, status: int, headers: dict[str, Any], told: str, now: float) -> FlowError:
    """The error that an unexpected status is.

    Args:
        told: The beginning of the answer's body. now: Unix time.
    """
    beginning = " ".join(told.split())[:200]
    details: dict[str, Any] = {"status": status, "headers": headers, "body": told, "url": url}
    asked = retry_after(headers, now)
    if asked is not None:
        details["retryAfter"] = asked
    message = f"{method} {url} answered {status}" + (f": {beginning}" if beginning else "")
    return FlowError("connector.http.status", message, details=details)


def retry_after(headers: dict[str, Any], now: float) -> float | None:
    """How many seconds a service asks to wait; None where it does not."""
    value = headers.get("retry-after")
    if not isinstance(value, str):
        return None
    if value.strip().isdecimal() and len(value) < 10:
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except (ValueError, OverflowError):
        return None
