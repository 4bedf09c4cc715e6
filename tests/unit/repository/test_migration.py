import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from airdock.database import Database, changes_since, note_change
from airdock.database.schema import head, migrate, revision_of
from airdock.database.tables import metadata
from airdock.repository import InRegistry, Repository, tables
from tests.databases import KINDS, database_url

OWN = {table.name for _, table in inspect.getmembers(tables, lambda value: isinstance(value, sa.Table))}


@pytest.fixture(params=KINDS)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without any table."""
    with database_url(request.param) as url:
        made = Database(tmp_path, url)
        yield made
        made.close()


def test_first_schema_is_brought_up_to_date_and_keeps_its_data(empty: Database) -> None:
    with empty.writing() as connection:
        migrate(connection, empty.name, to="0001_changes")
        note_change(connection, "registry", "kept")
    with empty.reading() as connection:
        assert revision_of(connection) == "0001_changes"
    empty.open()
    with empty.reading() as connection:
        assert revision_of(connection) == head()
        changes = changes_since(connection, 0)
    assert changes is not None
    assert [change.name for change in changes] == ["kept"]
    repository = Repository(empty)
    repository.registry.publish_files("shop", {"a": b"1"}, "ann", "")
    empty.open()
    assert repository.contents(InRegistry("shop")) == {"a": b"1"}


def test_migrations_make_what_the_definitions_say(migrated: Database) -> None:
    with migrated.reading() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    assert [difference for difference in differences if any(name in repr(difference) for name in OWN)] == []
