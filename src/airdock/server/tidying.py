"""Removing, now and then, what nothing in the repository refers to any more."""

import asyncio
import logging

from airdock.database import DatabaseError
from airdock.repository import Repository

log = logging.getLogger("airdock.server")

PAUSE_SECONDS = 3600.0


async def tidy(repository: Repository, pause: float = PAUSE_SECONDS) -> None:
    """Tidies up after each pause until it is cancelled. Several nodes may do so at once."""
    while True:
        await asyncio.sleep(pause)
        try:
            removed = await asyncio.to_thread(repository.collect_garbage)
        except DatabaseError as error:
            log.warning("the repository was not tidied up: %s", error)
        else:
            if removed:
                log.info("%d contents that nothing refers to were removed from the repository", removed)
