"""Signed requests that came already."""

import hashlib
import threading
import time
from collections.abc import Callable
from typing import Protocol

from sqlalchemy import Column, Float, Index, LargeBinary, Table, delete
from sqlalchemy.dialects import postgresql, sqlite

from airdock.codes import CODES
from airdock.database import Database
from airdock.database.tables import metadata
from airdock.errors import FlowError

SEEN_SIGNATURES = Table(
    "seen_signatures",
    metadata,
    Column("key", LargeBinary(32), primary_key=True),
    Column("until", Float, nullable=False),
)
Index("seen_signatures_until", SEEN_SIGNATURES.c.until)

PRUNE_SECONDS = 60.0


class Replays(Protocol):
    """Remembers what was signed, for all that share it. Called from any thread."""

    def seen(self, key: bytes, until: float) -> bool:
        """Whether the key is remembered; if not, it is from now on, until that Unix time.

        Of several that ask at once with one key, just one gets False.

        Raises:
            AirdockError: it cannot be told now; the request is then refused.
        """
        ...

    def forget(self, key: bytes) -> None:
        """The key is no longer remembered: the run failed, and the sender may send the request again."""
        ...


class MemoryReplays:
    """Remembers within this process."""

    def __init__(self, most: int = 100_000, clock: Callable[[], float] = time.time) -> None:
        self._most = most
        self._clock = clock
        self._until: dict[bytes, float] = {}
        self._lock = threading.Lock()

    @property
    def count(self) -> int:
        """How many keys are remembered."""
        return len(self._until)

    def seen(self, key: bytes, until: float) -> bool:
        """Raises FlowError, `request.busy`: there is no room for more."""
        now = self._clock()
        with self._lock:
            if self._until.get(key, 0.0) >= now:
                return True
            if len(self._until) >= self._most:
                self._until = {each: time for each, time in self._until.items() if time >= now}
            if len(self._until) >= self._most:
                raise FlowError("request.busy", CODES["request.busy"].meaning)
            self._until[key] = until
            return False

    def forget(self, key: bytes) -> None:
        with self._lock:
            self._until.pop(key, None)


class DatabaseReplays:
    """Remembers in the database, so for all workers and nodes."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._prune_at = 0.0

    def seen(self, key: bytes, until: float) -> bool:
        now = self._clock()
        insert = postgresql.insert if self._database.dialect == "postgresql" else sqlite.insert
        statement = insert(SEEN_SIGNATURES).values(key=key, until=until)
        # One whose time is over counts as gone, whether it was cleared away or not.
        statement = statement.on_conflict_do_update(
            index_elements=[SEEN_SIGNATURES.c.key], set_={"until": until}, where=SEEN_SIGNATURES.c.until < now
        )
        with self._database.writing() as connection:
            taken = connection.execute(statement.returning(SEEN_SIGNATURES.c.key)).first() is not None
        if now >= self._prune_at:
            self._prune_at = now + PRUNE_SECONDS
            self._prune(now)
        return not taken

    def forget(self, key: bytes) -> None:
        with self._database.writing() as connection:
            connection.execute(delete(SEEN_SIGNATURES).where(SEEN_SIGNATURES.c.key == key))

    def _prune(self, now: float) -> None:
        with self._database.writing() as connection:
            connection.execute(delete(SEEN_SIGNATURES).where(SEEN_SIGNATURES.c.until < now))


def replay_key(scope: str, proof: bytes) -> bytes:
    """The key of what was signed, for one flow."""
    return hashlib.sha256(scope.encode("utf-8", "surrogatepass") + b"\0" + proof).digest()
