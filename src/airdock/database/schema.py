"""Bringing the schema up to date by Alembic's migrations; each is a file of `migrations/versions`, in order."""

from importlib import resources

from sqlalchemy import Connection, inspect, text

from airdock.database.errors import DatabaseError

_LOCK = 0x41697264_6F636B
"""Whoever migrates a PostgreSQL database holds this advisory lock."""


def head() -> str:
    """The newest revision."""
    return revisions()[-1]


def revisions() -> list[str]:
    """All revisions in order: the names of the files, without looking into any."""
    names = (file.name for file in resources.files("airdock.database.migrations.versions").iterdir())
    return sorted(name.removesuffix(".py") for name in names if name.endswith(".py") and name[0].isdigit())


def revision_of(connection: Connection) -> str | None:
    """The revision of a database; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return found


def lock_schema(connection: Connection) -> None:
    """Waits for whoever changes the schema, until the transaction ends; on SQLite every writer is alone anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def check_revision(revision: str | None, name: str) -> None:
    """
    Raises:
        DatabaseError: `database.newer`, a later version of Airdock made the database.
    """
    if revision is not None and revision > head():
        message = f"{name} was made by a newer version of Airdock ({revision}): use that version, or another database"
        raise DatabaseError("database.newer", message)


def migrate(connection: Connection, name: str, to: str = "head") -> None:
    """Runs the migrations that are missing, in the transaction of the connection: all of them or none.

    Args:
        name: The database's, for messages.
        to: A revision to stop at; for tests.

    Raises:
        DatabaseError: `database.newer`, a later version of Airdock made the database.
    """
    lock_schema(connection)
    found = revision_of(connection)
    if found == (head() if to == "head" else to):
        return
    check_revision(found, name)
    # Here, as a database that is up to date needs none of it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "airdock.database:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, to)
