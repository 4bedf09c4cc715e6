"""Rows for every table of a database, whichever there are, and everything that a database holds."""

import math
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import Connection, insert, inspect

from airdock.database import Database
from airdock.database.backup.counters import counters
from airdock.database.backup.kinds import Kind
from airdock.database.backup.tables import LiveTable, live_tables, table_names
from airdock.database.schema import revision_of

VALUES: dict[Kind, list[Any]] = {
    "text": ["", 'Zoë\'s "text"\n\t\\ 😀', "x" * 5000],
    "integer": [0, -5, 2**31 - 1],
    "float": [0.1 + 0.2, -1e300, math.inf],
    "boolean": [True, False, True],
    "bytes": [b"", bytes(range(256)), b"\x00\xff" * 50_000],
    "json": [{"a": [1, None]}, "text", 1.5],
    "decimal": [Decimal("1.10"), Decimal(0), Decimal(-3)],
    "time": [datetime(2026, 1, 2, 3, 4, 5, 6)] * 3,
}
_numbers = count(1)

Row = dict[str, Any]


def fill(database: Database) -> None:
    """Three rows in every table; what may be null is so in the third one."""
    filled: dict[str, list[Row]] = {}
    with database.writing() as connection:
        for table in tables_of(connection):
            rows = [_row(connection, table, place, filled) for place in range(3)]
            connection.execute(insert(table.table), rows)
            filled[table.name] = rows


def _row(connection: Connection, table: LiveTable, place: int, filled: dict[str, list[Row]]) -> Row:
    inspector = inspect(connection)
    row = {name: _value(kind, place, unique=name == table.counts) for name, kind in table.kinds.items()}
    for key in inspector.get_foreign_keys(table.name):
        other = filled[key["referred_table"]][place]
        pairs = zip(key["constrained_columns"], key["referred_columns"], strict=True)
        row |= {name: other[referred] for name, referred in pairs}
    if place == 2:
        row |= dict.fromkeys(each["name"] for each in inspector.get_columns(table.name) if each["nullable"])
    return row


def _value(kind: Kind, place: int, *, unique: bool) -> Any:
    """A value, with a number behind it where columns may have to be unique."""
    number = next(_numbers)
    if kind == "text":
        return f"{VALUES[kind][place]} {number}"
    if kind == "bytes":
        return VALUES[kind][place] + number.to_bytes(4, "big")
    return number if unique else VALUES[kind][place]


def tables_of(connection: Connection) -> list[LiveTable]:
    """All tables that migrations made."""
    revision = revision_of(connection)
    assert revision is not None
    return live_tables(connection, table_names(revision))


def content_of(database: Database) -> dict[str, list[Any]]:
    """Every row of every table, with its columns by name."""
    with database.reading() as connection:
        return {
            table.name: sorted(
                (sorted(row._mapping.items()) for row in connection.execute(table.rows())),
                key=repr,
            )
            for table in tables_of(connection)
        }


def counters_of(database: Database) -> dict[str, int]:
    """The last number of each table that counts up."""
    with database.reading() as connection:
        return counters(connection, tables_of(connection))
