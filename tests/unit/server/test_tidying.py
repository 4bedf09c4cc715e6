import asyncio
import contextlib
from typing import Any

import pytest

from airdock.database import DatabaseError
from airdock.server.tidying import tidy


class Untidy:
    """A repository whose database is away at the first call."""

    def __init__(self) -> None:
        self.calls = 0
        self.thrice = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def collect_garbage(self) -> int:
        self.calls += 1
        if self.calls == 1:
            raise DatabaseError("database.unavailable", "it is away")
        if self.calls == 3:
            self._loop.call_soon_threadsafe(self.thrice.set)
        return 3


async def test_it_goes_on_when_the_database_was_away(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "airdock.server")
    repository: Any = Untidy()
    task = asyncio.create_task(tidy(repository, 0.001))
    await asyncio.wait_for(repository.thrice.wait(), 10)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert "it is away" in caplog.text
    assert "3 contents" in caplog.text
