"""Every kind of store, and the database beneath."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import delete

from airdock.database import Database
from airdock.sealer import Sealer
from airdock.state import StateStore
from airdock.stores.memory import MemoryStore
from airdock.stores.sql import SqlStore
from airdock.stores.tables import ENTRIES, GROUPS, ITEMS
from tests.databases import KINDS, database_url


class Mirror:
    """Seals by reversing, so that tests see whether something was sealed, and that it was opened."""

    def seal(self, plain: bytes) -> bytes:
        return b"sealed:" + plain[::-1]

    def open(self, sealed: bytes) -> bytes:
        assert sealed.startswith(b"sealed:")
        return sealed[7:][::-1]


@pytest.fixture
def sealer() -> Sealer:
    return Mirror()


class Databases:
    """One of each kind for all tests, as making one takes time."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._made: dict[str, Database] = {}

    def empty(self, kind: str) -> Database:
        """The one of that kind, without any state."""
        database = self._made.get(kind)
        if database is None:
            url = self._stack.enter_context(database_url(kind))
            database = self._made[kind] = Database(self._folder, url)
            self._stack.callback(database.close)
            database.open()
        with database.writing() as connection:
            for table in (ENTRIES, GROUPS, ITEMS):
                connection.execute(delete(table))
        return database


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    with ExitStack() as stack:
        yield Databases(tmp_path_factory.mktemp("state"), stack)


@pytest.fixture(params=KINDS)
def empty_database(request: pytest.FixtureRequest, databases: Databases) -> Database:
    """A database of each kind without any state."""
    return databases.empty(request.param)


@pytest.fixture(params=["memory", *KINDS])
def store(request: pytest.FixtureRequest, databases: Databases, sealer: Sealer) -> Iterator[StateStore]:
    """An empty store of each kind."""
    if request.param == "memory":
        yield MemoryStore()
        return
    made = SqlStore(databases.empty(request.param), sealer)
    yield made
    made.stop()
