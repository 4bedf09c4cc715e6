"""Emptying the repository of a database that several tests use."""

from sqlalchemy import text

from airdock.database import Database
from airdock.database.tables import metadata


def empty(database: Database) -> None:
    """Removes everything that the repository stored."""
    tables = ["changes", *(name for table in metadata.sorted_tables if (name := table.name).startswith("repository_"))]
    with database.writing() as connection:
        for table in reversed(tables):
            connection.execute(text(f"DELETE FROM {table}"))
