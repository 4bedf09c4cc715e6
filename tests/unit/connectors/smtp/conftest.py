import gc
import warnings
from collections.abc import AsyncIterator

import pytest

from tests.unit.connectors.smtp.office import Office


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    """A mail server that runs."""
    office = Office()
    await office.start()
    yield office
    await office.stop()
    with warnings.catch_warnings():
        # The server that plays it leaves the transport beneath a TLS session to the collector.
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
