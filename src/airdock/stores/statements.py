"""Statements that are made once and handed to the driver as text: most calls are small, and there are many."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ClauseElement, Connection
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError

Build = Callable[[Any], ClauseElement]
"""Makes a statement, given the `insert` of the kind of database."""
Row = Sequence[Any]
Parameters = dict[str, Any]


class Statement:
    """A statement with named parameters, for both kinds of database."""

    def __init__(self, build: Build) -> None:
        self._build = build
        self._made: dict[str, tuple[str, Parameters]] = {}

    def prepared(self, dialect: str) -> tuple[str, Parameters]:
        """What the driver of that kind of database executes, and the parameters that are always the same."""
        made = self._made.get(dialect)
        if made is None:
            made = self._made[dialect] = self._make(dialect)
        return made

    def _make(self, dialect: str) -> tuple[str, Parameters]:
        kind, style = (sqlite, "named") if dialect == "sqlite" else (postgresql, "pyformat")
        made: Dialect = kind.dialect(paramstyle=style)
        compiled = self._build(kind.insert).compile(dialect=made)
        return str(compiled), {name: value for name, value in compiled.params.items() if value is not None}


class Transaction:
    """What runs statements in the open transaction of a connection; raises `DBAPIError` as SQLAlchemy does."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect.name
        self._driver_error: type[Exception] = connection.dialect.loaded_dbapi.Error
        self._cursor: Any = connection.connection.cursor()
        self._held: dict[Statement, list[Parameters]] = {}

    def first(self, statement: Statement, **parameters: Any) -> Row | None:
        """The first row, None when there is none."""
        self._run(statement, parameters)
        row: Row | None = self._cursor.fetchone()
        return row

    def all(self, statement: Statement, **parameters: Any) -> list[Row]:
        """All rows."""
        self._run(statement, parameters)
        rows: list[Row] = self._cursor.fetchall()
        return rows

    def change(self, statement: Statement, **parameters: Any) -> int:
        """How many rows it changed."""
        self._run(statement, parameters)
        count: int = self._cursor.rowcount
        return count

    def hold(self, statement: Statement, **parameters: Any) -> None:
        """Runs it later, together with others of its kind: when `flush` is called."""
        self._held.setdefault(statement, []).append(parameters)

    def flush(self) -> None:
        """Runs what is held. Called before what is held is looked for, and at the end."""
        for statement, rows in self._held.items():
            text, constants = statement.prepared(self._dialect)
            self._execute(self._cursor.executemany, text, [{**constants, **row} for row in rows])
        self._held.clear()

    def _run(self, statement: Statement, parameters: Parameters) -> None:
        text, constants = statement.prepared(self._dialect)
        self._execute(self._cursor.execute, text, {**constants, **parameters})

    def _execute(self, execute: Callable[[str, Any], Any], text: str, parameters: Any) -> None:
        try:
            execute(text, parameters)
        except self._driver_error as error:
            raise DBAPIError.instance(
                text, None, error, self._driver_error, hide_parameters=True, dialect=self._connection.dialect
            ) from error
