"""The tables of a database: those that migrations made, whatever else is in it, as they are there."""

from graphlib import TopologicalSorter
from typing import Any

from sqlalchemy import JSON, Column, Connection, Inspector, MetaData, Select, Table, create_engine, inspect, select

from airdock.database.backup.kinds import Kind, kind_of
from airdock.database.schema import migrate

VERSION_TABLE = "alembic_version"


def table_names(revision: str) -> frozenset[str]:
    """The tables that a database of a revision has, that of the revision itself left out."""
    # A PostgreSQL database may hold tables of others, so the migrations are asked and not the database.
    engine = create_engine("sqlite://")
    try:
        with engine.begin() as connection:
            migrate(connection, "a schema in memory", revision)
            return frozenset(inspect(connection).get_table_names()) - {VERSION_TABLE}
    finally:
        engine.dispose()


class LiveTable:
    """A table as the database has it.

    Attributes:
        kinds: The columns in order, with the kind of each.
        counts: The column whose values the database counts up by itself; None when there is none.
    """

    def __init__(self, inspector: Inspector, name: str) -> None:
        columns = inspector.get_columns(name)
        for each in columns:
            if isinstance(each["type"], JSON):
                # Else no value would become the JSON value null.
                each["type"].none_as_null = True
        primary = inspector.get_pk_constraint(name)["constrained_columns"]
        self.name = name
        self.kinds: dict[str, Kind] = {each["name"]: kind_of(each["type"]) for each in columns}
        self.table = Table(name, MetaData(), *(Column(each["name"], each["type"]) for each in columns))
        self.needs = {key["referred_table"] for key in inspector.get_foreign_keys(name)} - {name}
        self._primary = primary
        self.counts = primary[0] if len(primary) == 1 and self.kinds[primary[0]] == "integer" else None

    @property
    def holds_bytes(self) -> bool:
        """Whether a row may be large."""
        return "bytes" in self.kinds.values()

    def rows(self) -> Select[Any]:
        """All rows, by the primary key."""
        return select(self.table).order_by(*(self.table.c[name] for name in self._primary))


def live_tables(connection: Connection, names: frozenset[str]) -> list[LiveTable]:
    """The tables of those names, each behind the ones that it refers to."""
    inspector = inspect(connection)
    found = {name: LiveTable(inspector, name) for name in sorted(names & set(inspector.get_table_names()))}
    order = TopologicalSorter({name: sorted(each.needs & set(found)) for name, each in found.items()})
    return [found[name] for name in order.static_order()]
