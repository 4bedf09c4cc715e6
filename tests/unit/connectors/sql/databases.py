"""Databases for tests: SQLite, PostgreSQL and MariaDB as they are, and the fake."""

import asyncio
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy.engine import make_url

from airdock.connectors.sql.connection import Sql
from tests.databases import postgresql_database

KINDS = ("fake", "sqlite", "postgresql", "mariadb")
MARIADB = os.environ.get("AIRDOCK_TEST_MARIADB", "mysql://root@127.0.0.1:3306")
"""The MariaDB server that tests use, without a database's name."""


@contextmanager
def address_of(kind: str) -> Iterator[str]:
    """The address of a new database; the test is skipped where no server answers."""
    if kind in ("sqlite", "fake"):
        yield "sqlite:///shop.db"
    elif kind == "postgresql":
        with postgresql_database() as url:
            yield url
    else:
        with _mariadb_database() as url:
            yield url


@contextmanager
def _mariadb_database() -> Iterator[str]:
    name = f"airdock_test_{uuid4().hex}"
    try:
        asyncio.run(_on_server(f"CREATE DATABASE {name}"))
    except OSError as error:
        pytest.skip(f"no MariaDB server answers: {error}")
    try:
        yield f"{MARIADB}/{name}"
    finally:
        asyncio.run(_on_server(f"DROP DATABASE {name}"))


async def _on_server(statement: str, database: str = "") -> None:
    import asyncmy

    logging.getLogger("asyncmy").setLevel(logging.ERROR)
    address = make_url(MARIADB)
    try:
        connection = await asyncmy.connect(
            host=address.host, port=address.port or 3306, user=address.username, database=database
        )
    except asyncmy.errors.OperationalError as error:
        raise OSError(str(error)) from error
    try:
        async with connection.cursor() as cursor:
            await cursor.execute(statement)
    finally:
        await connection.ensure_closed()


async def emptied(url: str) -> None:
    """Removes the table that tests make on a server."""
    statement = "DROP TABLE IF EXISTS goods"
    if url.startswith("postgresql"):
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            await connection.execute(statement)
    elif url.startswith("mysql"):
        await _on_server(statement, make_url(url).database or "")


def declared(url: str, **fields: Any) -> Sql:
    """A connection as its descriptor says it."""
    return Sql(url=url, **fields)
