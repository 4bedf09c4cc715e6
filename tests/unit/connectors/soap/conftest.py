from collections.abc import AsyncIterator

import pytest

from tests.unit.connectors.soap.prices import Prices


@pytest.fixture
async def prices() -> AsyncIterator[Prices]:
    """A service that runs."""
    service = Prices()
    await service.start()
    yield service
    await service.stop()
