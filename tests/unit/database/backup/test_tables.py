from sqlalchemy import text

from airdock.database import Database
from airdock.database.backup.tables import live_tables, table_names
from airdock.database.schema import head, revisions
from airdock.database.tables import metadata


def test_tables_are_those_of_the_migrations() -> None:
    assert table_names(revisions()[0]) == {"changes"}
    assert table_names(head()) >= set(metadata.tables)


def test_tables_of_others_are_left_out(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE other (id INTEGER PRIMARY KEY)"))
    with database.reading() as connection:
        assert "other" not in [each.name for each in live_tables(connection, table_names(head()))]


def test_table_comes_behind_those_that_it_refers_to(database: Database) -> None:
    with database.reading() as connection:
        tables = live_tables(connection, table_names(head()))
    seen: set[str] = set()
    for each in tables:
        assert each.needs <= seen
        seen.add(each.name)
    assert seen == table_names(head())


def test_column_that_counts_up_is_known(database: Database) -> None:
    with database.reading() as connection:
        tables = {each.name: each for each in live_tables(connection, table_names(head()))}
    assert tables["changes"].counts == "id"
    assert tables["secrets"].counts is None
    assert tables["secrets"].holds_bytes
    assert not tables["changes"].holds_bytes
