"""The tables of entries and groups."""

from sqlalchemy import BigInteger, Column, Double, Integer, LargeBinary, Table

from airdock.database.tables import metadata

ENTRIES = Table(
    "state_entries",
    metadata,
    Column("space", LargeBinary, primary_key=True),
    Column("key", LargeBinary, primary_key=True),
    Column("name", LargeBinary),
    Column("revision", BigInteger, nullable=False),
    Column("expires", Double),
    Column("value", LargeBinary, nullable=False),
)
"""`name` is the key itself, sealed, where `key` stands for one that is long."""

GROUPS = Table(
    "state_groups",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("space", LargeBinary, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("name", LargeBinary),
    Column("size", Integer, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("due", Double),
    Column("claimed", Double),
    Column("attempt", Integer, nullable=False),
    Column("note", LargeBinary, nullable=False),
    # An id is never used again, also when the newest group is done.
    sqlite_autoincrement=True,
)
"""Open ones, whose `claimed` is null, and closed ones."""

ITEMS = Table(
    "state_items",
    metadata,
    Column("group_id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("item", LargeBinary, nullable=False),
)

OPEN = GROUPS.c.claimed.is_(None)
"""Which groups are open; by space and key there is one at most."""
