"""Installations for the tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import KINDS, database_url
from tests.unit.server.management.installation import Installation, installation


@pytest.fixture
def served_folder(tmp_path: Path) -> Iterator[Installation]:
    """A folder is the registry."""
    with installation(tmp_path / "flows", tmp_path / "home", repository=False) as made:
        yield made


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Installation]:
    """The repository is served, from SQLite."""
    with installation(tmp_path / "flows", tmp_path / "home") as made:
        yield made


@pytest.fixture(params=KINDS)
def served_by_each(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    """The repository is served, from a database of each kind."""
    with (
        database_url(request.param) as url,
        installation(tmp_path / "flows", tmp_path / "home", database_url=url) as made,
    ):
        yield made
