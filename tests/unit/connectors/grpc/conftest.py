from collections.abc import AsyncIterator

import pytest

from tests.unit.connectors.grpc.stock import Stock


@pytest.fixture
async def stock() -> AsyncIterator[Stock]:
    """A service that runs."""
    service = Stock()
    await service.start()
    yield service
    await service.stop()
