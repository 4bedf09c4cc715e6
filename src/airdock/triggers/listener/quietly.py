"""Asking a source for something that may fail."""

import logging
from collections.abc import Awaitable

from airdock.deadline import within
from airdock.errors import described

log = logging.getLogger("airdock.listeners")

_PATIENCE = 5.0
"""Seconds that a source may take."""


async def quietly(name: str, call: Awaitable[None], trouble: str) -> bool:
    """Whether a source did what it was asked; what it did not do it does by itself, as its session ends.

    Args:
        name: The listener's. trouble: What it means when it did not.
    """
    try:
        await within(_PATIENCE, call)
    except Exception as error:  # noqa: BLE001 -- whatever the client of the source raises
        log.info("%s: a message %s: %s", name, trouble, described(error))
        return False
    return True
