"""A server that gives a command the answers that a test says."""

from collections.abc import Callable
from typing import Any

from tests.unit.client.answers import Answers

Serve = Callable[..., Answers]


def page(*items: Any) -> dict[str, Any]:
    """A list of the API."""
    return {"items": items, "next": None}
