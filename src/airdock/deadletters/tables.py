"""The table of dead letters."""

from sqlalchemy import BigInteger, Column, Float, Integer, LargeBinary, Table, Text

from airdock.database.tables import metadata

LETTERS = Table(
    "dead_letters",
    metadata,
    Column("id", Text, primary_key=True),
    Column("listener", Text, nullable=False),
    Column("project", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("source", Text, nullable=False),
    # A digest of the message's id; null for a message without one.
    Column("message", LargeBinary),
    Column("content_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("code", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("run", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("arrived", Float, nullable=False),
    Column("died", Float, nullable=False),
    Column("state", Text, nullable=False),
    Column("claimed", Float, nullable=False),
    Column("revision", Integer, nullable=False),
)
"""`content` is sealed. `claimed` says when a letter that is being sent was last heard of."""
