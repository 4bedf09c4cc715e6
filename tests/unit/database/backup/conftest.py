from collections.abc import Iterator
from pathlib import Path

import pytest

from airdock.database import Database
from tests.databases import KINDS, database_url


@pytest.fixture(params=KINDS)
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of each kind that nobody has opened yet, to restore into."""
    with database_url(request.param) as url:
        made = Database(tmp_path / "target", url)
        yield made
        made.close()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Database]:
    """An open, empty SQLite database: for what does not depend on the kind."""
    made = Database(tmp_path / "home")
    made.open()
    yield made
    made.close()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    """A SQLite database that nobody has opened yet."""
    made = Database(tmp_path / "empty")
    yield made
    made.close()
