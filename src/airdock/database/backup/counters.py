"""The counters behind columns that count up, so that a number is not given twice after a restore."""

from sqlalchemy import Connection, func, select, text

from airdock.database.backup.tables import LiveTable


def counters(connection: Connection, tables: list[LiveTable]) -> dict[str, int]:
    """The last number given, by table, where the database remembers it."""
    if connection.dialect.name == "sqlite":
        return _sqlite_counters(connection, {each.name for each in tables})
    found = {each.name: _last_of(connection, each) for each in tables if each.counts is not None}
    return {name: last for name, last in found.items() if last is not None}


def set_counters(connection: Connection, tables: list[LiveTable], last: dict[str, int]) -> None:
    """Goes on behind the numbers that were given, and behind those that are there."""
    for each in tables:
        if each.counts is not None:
            highest: int | None = connection.execute(select(func.max(each.table.c[each.counts]))).scalar()
            number = max(last.get(each.name, 0), highest or 0)
            if number > 0:
                _set(connection, each, number)


def _sqlite_counters(connection: Connection, names: set[str]) -> dict[str, int]:
    # The table is made with the first one that counts.
    if not connection.execute(text("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'")).first():
        return {}
    rows = connection.execute(text("SELECT name, seq FROM sqlite_sequence ORDER BY name"))
    return {row.name: row.seq for row in rows if row.name in names}


def _set(connection: Connection, table: LiveTable, number: int) -> None:
    if connection.dialect.name == "postgresql":
        sequence = _sequence(connection, table)
        if sequence is not None:
            connection.execute(text("SELECT setval(:name, :number)"), {"name": sequence, "number": number})
        return
    # A row is there when the table counts by AUTOINCREMENT and rows were inserted.
    values = {"name": table.name, "number": number}
    if _autoincrements(connection, table.name):
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), values)
        connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :number)"), values)


def _autoincrements(connection: Connection, name: str) -> bool:
    statement = text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name")
    return "AUTOINCREMENT" in str(connection.execute(statement, {"name": name}).scalar()).upper()


def _last_of(connection: Connection, table: LiveTable) -> int | None:
    sequence = _sequence(connection, table)
    if sequence is None:
        return None
    # The name comes from the database, quoted.
    row = connection.exec_driver_sql(f"SELECT last_value, is_called FROM {sequence}").one()  # noqa: S608
    return int(row.last_value) if row.is_called else None


def _sequence(connection: Connection, table: LiveTable) -> str | None:
    preparer = connection.dialect.identifier_preparer
    values = {"table": preparer.quote(table.name), "column": table.counts}
    name: str | None = connection.execute(text("SELECT pg_get_serial_sequence(:table, :column)"), values).scalar()
    return name
