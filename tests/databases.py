"""Databases of their own for tests: a SQLite file, or a new PostgreSQL database that is dropped afterwards."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest

SERVER = os.environ.get("AIRDOCK_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432")
"""The PostgreSQL server that tests use, without a database's name."""

KINDS = ("sqlite", "postgresql")


@contextmanager
def postgresql_database() -> Iterator[str]:
    """The address of a new PostgreSQL database; the test is skipped where no server answers."""
    name = f"airdock_test_{uuid4().hex}"
    try:
        with psycopg.connect(f"{SERVER}/postgres", autocommit=True, connect_timeout=5) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL server answers: {error}")
    try:
        yield f"{SERVER}/{name}"
    finally:
        with psycopg.connect(f"{SERVER}/postgres", autocommit=True, connect_timeout=5) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def database_url(kind: str) -> Iterator[str]:
    """The address of a database of that kind; empty for SQLite, which needs none."""
    if kind == "sqlite":
        yield ""
    else:
        with postgresql_database() as url:
            yield url
