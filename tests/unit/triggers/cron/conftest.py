"""Databases of jobs: one of each kind for all tests, as making one takes time."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy import delete

from airdock.triggers.cron.tables import FIRES, REQUESTS
from tests.databases import KINDS, database_url
from tests.unit.triggers.cron.scene import FailingDatabase


@pytest.fixture(scope="session")
def job_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, FailingDatabase]]:
    with ExitStack() as stack:
        yield Databases(tmp_path_factory, stack)


class Databases(dict[str, FailingDatabase]):
    """Made when they are asked for."""

    def __init__(self, folders: pytest.TempPathFactory, stack: ExitStack) -> None:
        super().__init__()
        self._folders, self._stack = folders, stack

    def __missing__(self, kind: str) -> FailingDatabase:
        url = self._stack.enter_context(database_url(kind))
        database = self[kind] = FailingDatabase(self._folders.mktemp("jobs"), url)
        self._stack.callback(database.close)
        database.open()
        return database


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, job_databases: dict[str, FailingDatabase]) -> FailingDatabase:
    database = job_databases[request.param]
    database.away = False
    with database.writing() as on:
        for table in (FIRES, REQUESTS):
            on.execute(delete(table))
    return database
