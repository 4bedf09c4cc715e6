from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from airdock.database import Database
from airdock.database.tables import CHANGES
from airdock.identity import Authenticator, Identity
from airdock.identity.tables import ATTEMPTS, AUDIT, KEYS, MEMBERS, PREFERENCES, SESSIONS, TOKENS, USERS
from tests.databases import KINDS, postgresql_database
from tests.unit.identity.people import FAST, PASSWORD, Clock

TABLES = (ATTEMPTS, AUDIT, KEYS, MEMBERS, PREFERENCES, SESSIONS, TOKENS, USERS)


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    with postgresql_database() as url:
        yield url


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An open, empty database of each kind. The tests of a module share one of PostgreSQL, as making one takes long."""
    made = Database(tmp_path / "home", request.getfixturevalue("postgresql") if request.param == "postgresql" else "")
    made.open()
    yield made
    if made.dialect == "postgresql":
        with made.writing() as connection:
            # The audit log refuses it otherwise.
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            names = ", ".join(table.name for table in (*TABLES, CHANGES))
            connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
    made.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def identity(database: Database, clock: Clock) -> Identity:
    return Identity(database, session_age=3600.0, passwords=FAST, clock=clock)


@pytest.fixture
def root(identity: Identity) -> str:
    """The first user, an administrator."""
    return identity.users.create("root", password=PASSWORD, roles=["administrator"], by="local").name


@pytest.fixture
def ann(identity: Identity, root: str) -> str:
    """A second user, a developer."""
    return identity.users.create("ann", password=PASSWORD, roles=["developer", "Sales"], by=root).name


@pytest.fixture
def authenticator(identity: Identity) -> Iterator[Authenticator]:
    made = Authenticator(identity)
    yield made
    made.close()
