"""The rows of encrypted secrets. Every function works within the transaction of the connection."""

from typing import NamedTuple

from sqlalchemy import Connection, Row, delete, insert, select, text, update

from airdock.secrets.key import Encrypted
from airdock.secrets.tables import SECRETS

_LOCK = 0x41697264_736563


class Stored(NamedTuple):
    """A row: when it was changed (seconds since 1970) and by whom."""

    name: str
    encrypted: Encrypted
    changed: float
    changed_by: str


def lock(connection: Connection) -> None:
    """Waits for other writers of secrets, until the transaction ends; on SQLite it is the only writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def stored(connection: Connection) -> list[Stored]:
    """All, by name."""
    return [_stored(row) for row in connection.execute(select(SECRETS).order_by(SECRETS.c.name))]


def find(connection: Connection, name: str) -> Stored | None:
    row = connection.execute(select(SECRETS).where(SECRETS.c.name == name)).one_or_none()
    return None if row is None else _stored(row)


def keep(connection: Connection, secret: Stored) -> None:
    """Adds it, or replaces the one of its name."""
    erase(connection, secret.name)
    values = {**secret.encrypted._asdict(), "changed": secret.changed, "changed_by": secret.changed_by}
    connection.execute(insert(SECRETS).values(name=secret.name, **values))


def encrypt_anew(connection: Connection, name: str, encrypted: Encrypted) -> None:
    """Replaces what is stored; who changed it, and when, stays."""
    connection.execute(update(SECRETS).where(SECRETS.c.name == name).values(**encrypted._asdict()))


def erase(connection: Connection, name: str) -> bool:
    """Whether there was one."""
    return connection.execute(delete(SECRETS).where(SECRETS.c.name == name)).rowcount > 0


def _stored(row: Row[tuple[object, ...]]) -> Stored:
    encrypted = Encrypted(row.key_id, bytes(row.nonce), bytes(row.ciphertext))
    return Stored(row.name, encrypted, row.changed, row.changed_by)
