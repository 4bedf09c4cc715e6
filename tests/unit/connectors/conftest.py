import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.unit.connectors.opening import ConnectedFlows


@pytest.fixture
async def connected(tmp_path: Path) -> AsyncIterator[ConnectedFlows]:
    """A folder of flows whose connections reach real services."""
    flows = ConnectedFlows(tmp_path)
    yield flows
    await flows.close()


@pytest.fixture
def until() -> Callable[[Callable[[], Any]], Awaitable[None]]:
    """Waits until something is so."""

    async def wait(condition: Callable[[], Any]) -> None:
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110 -- what it asks has no event
                await asyncio.sleep(0.005)

    return wait
