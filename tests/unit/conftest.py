from pathlib import Path

import pytest

from tests.unit.flows import Flows


@pytest.fixture
def flows(tmp_path: Path) -> Flows:
    """A folder of flows."""
    return Flows(tmp_path)
