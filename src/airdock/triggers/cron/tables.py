"""The tables of jobs."""

from sqlalchemy import BigInteger, Column, Double, Integer, Table, Text

from airdock.database.tables import metadata

FIRES = Table(
    "job_fires",
    metadata,
    Column("job", Text, primary_key=True),
    Column("schedule", Text, nullable=False),
    Column("scheduled", Double, nullable=False),
    Column("missed", BigInteger, nullable=False),
    Column("owner", Text, nullable=False),
    Column("busy", Double, nullable=False),
)
"""By job: up to which time fires were claimed, how many were missed, and which process runs it until when, as long as
that process says nothing else. `schedule` is what the time belongs to: with another one it counts no more."""

REQUESTS = Table(
    "job_requests",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("job", Text, nullable=False),
    Column("parameters", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Double, nullable=False),
    # An id is never used again, also when the newest row is deleted.
    sqlite_autoincrement=True,
)
"""Runs that somebody asked for; whoever deletes one runs it."""
