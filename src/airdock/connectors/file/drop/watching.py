"""Being told that something may have changed in a folder of this machine."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from airdock.errors import described

log = logging.getLogger("airdock.connectors")

_STEP_MS, _DEBOUNCE_MS = 20, 200


@asynccontextmanager
async def watched(folder: Path | None, recursive: bool, changed: Callable[[], None]) -> AsyncIterator[None]:
    """Calls whenever something in the folder may have changed, where the system tells of that.

    Args:
        folder: None for one that is not of this machine: nobody tells of it.
    """
    if folder is None:
        yield
        return
    stop = asyncio.Event()
    task = asyncio.create_task(_watch(folder, recursive, changed, stop))
    try:
        yield
    finally:
        stop.set()
        task.cancel()
        await asyncio.wait([task])


async def _watch(folder: Path, recursive: bool, changed: Callable[[], None], stop: asyncio.Event) -> None:
    from watchfiles import awatch

    try:
        async for _ in awatch(
            folder, recursive=recursive, stop_event=stop, step=_STEP_MS, debounce=_DEBOUNCE_MS, watch_filter=None
        ):
            changed()
    except Exception as error:  # noqa: BLE001 -- the watcher's own errors have no common class
        # Such as too many watches: it is looked at from time to time, as folders elsewhere are.
        log.info("%s cannot be watched and is looked at from time to time: %s", folder, described(error))
