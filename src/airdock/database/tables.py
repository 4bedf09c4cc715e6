"""What every table of the database shares, and the table of changes."""

from sqlalchemy import BigInteger, Column, Float, Integer, MetaData, Table, Text

metadata = MetaData()
"""Tables of all packages. Their definitions are for queries; what makes and changes them are the migrations."""

CHANGES = Table(
    "changes",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("topic", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("at", Float, nullable=False),
    # An id is never used again, also when the newest row is deleted.
    sqlite_autoincrement=True,
)
