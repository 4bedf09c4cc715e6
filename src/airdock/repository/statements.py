"""Statements that SQLAlchemy has only per database."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite

IN_ONE_STATEMENT = 1000
"""Values in one list of a statement, well below what each database takes."""

T = TypeVar("T")


def insert_missing(connection: Connection, table: Table) -> Insert:
    """An INSERT that passes over rows whose key is there already."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def upsert(connection: Connection, table: Table, values: dict[str, Any]) -> Insert:
    """An INSERT of one row that changes the row with the same key."""
    keys = [column.name for column in table.primary_key]
    rest = {name: value for name, value in values.items() if name not in keys}
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).values(values).on_conflict_do_update(index_elements=keys, set_=rest)
    return sqlite.insert(table).values(values).on_conflict_do_update(index_elements=keys, set_=rest)


def portions(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """The values in pieces that fit in one statement."""
    for start in range(0, len(values), IN_ONE_STATEMENT):
        yield values[start : start + IN_ONE_STATEMENT]
