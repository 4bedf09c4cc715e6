"""Watching a folder for changes."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from types import TracebackType
from typing import Any, Self

import watchfiles

from airdock.agent.source import FolderSource
from airdock.errors import described

log = logging.getLogger("airdock.agent")

DEBOUNCE_MS = 40
STEP_MS = 10
LOOK_MS = 2000
"""After so long the folder is looked at though nothing was told: a watch is lost when the folder is replaced."""
POLL_SECONDS = 0.5
"""How often it is looked at where it cannot be watched."""


class FolderWatch:
    """Tells when a folder may have changed. Use it in `async with`; it watches from then on."""

    def __init__(self, source: FolderSource) -> None:
        self._source = source
        self._watching: AsyncGenerator[Any, None]
        self._upcoming: asyncio.Future[Any]
        self._reported = ""

    async def __aenter__(self) -> Self:
        self._begin()
        # One turn of the loop, and the folder is watched.
        await asyncio.sleep(0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._upcoming.cancel()
        await asyncio.gather(self._upcoming, return_exceptions=True)
        await self._watching.aclose()

    async def wait(self) -> None:
        """Returns when the folder may have changed since the last call; it may also be that it has not."""
        try:
            await self._upcoming
        except Exception as error:  # noqa: BLE001 -- the watcher's own errors have no common class
            # Such as a name that is not text, or too many folders: the next attempt may go better.
            self._report(error)
            await asyncio.sleep(POLL_SECONDS)
            self._begin()
        else:
            self._upcoming = asyncio.ensure_future(anext(self._watching))

    def _begin(self) -> None:
        concerns = self._source.concerns
        self._watching = watchfiles.awatch(
            self._source.root,
            watch_filter=lambda _, file: concerns(file),
            debounce=DEBOUNCE_MS,
            step=STEP_MS,
            rust_timeout=LOOK_MS,
            yield_on_timeout=True,
        )
        self._upcoming = asyncio.ensure_future(anext(self._watching))

    def _report(self, error: Exception) -> None:
        while isinstance(error, ExceptionGroup):
            error = error.exceptions[0]
        reason = described(error)
        if reason != self._reported:
            self._reported = reason
            log.warning(
                "%s cannot be watched, and is looked at every %g s: %s", self._source.root, POLL_SECONDS, reason
            )
