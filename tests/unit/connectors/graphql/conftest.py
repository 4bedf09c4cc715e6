from collections.abc import AsyncIterator

import pytest

from tests.unit.connectors.graphql.catalogue import Catalogue


@pytest.fixture
async def catalogue() -> AsyncIterator[Catalogue]:
    """A service that runs."""
    service = Catalogue()
    await service.start()
    yield service
    await service.stop()
