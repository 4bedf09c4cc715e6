from sqlalchemy import inspect

from airdock.database import Database
from airdock.secrets.tables import SECRETS


def test_table_is_the_one_that_migrations_make(database: Database) -> None:
    with database.reading() as connection:
        made = {column["name"]: column for column in inspect(connection).get_columns("secrets")}
    assert {name: column["nullable"] for name, column in made.items()} == {
        column.name: bool(column.nullable) for column in SECRETS.columns
    }
