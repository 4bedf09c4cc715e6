from collections.abc import Iterator

import pytest

from airdock.database import Database
from airdock.repository import Repository
from tests.databases import KINDS, database_url
from tests.unit.repository.emptying import empty


@pytest.fixture(scope="session", params=KINDS)
def migrated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database of each kind for all tests, as making one takes longer than most of them."""
    with database_url(request.param) as url:
        made = Database(tmp_path_factory.mktemp("database"), url)
        made.open()
        yield made
        made.close()


@pytest.fixture
def database(migrated: Database) -> Database:
    """An open, empty database of each kind."""
    empty(migrated)
    return migrated


@pytest.fixture
def repository(database: Database) -> Repository:
    """An empty repository in a database of each kind."""
    return Repository(database)
