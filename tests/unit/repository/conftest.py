from collections.abc import Iterator

import pytest
from sqlalchemy import text

from airdock.database import Database
from airdock.database.tables import metadata
from airdock.repository import Repository
from tests.databases import KINDS, database_url


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
    tables = [table.name for table in metadata.sorted_tables if table.name.startswith("repository_")] + ["changes"]
    with migrated.writing() as connection:
        if migrated.dialect == "postgresql":
            connection.execute(text(f"TRUNCATE {', '.join(tables)}"))
        else:
            for table in reversed(tables):
                connection.execute(text(f"DELETE FROM {table}"))
    return migrated


@pytest.fixture
def repository(database: Database) -> Repository:
    """An empty repository in a database of each kind."""
    return Repository(database)
