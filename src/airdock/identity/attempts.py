"""Slowing down those who guess passwords, the same on every process and node that shares the database."""

import hashlib
from ipaddress import IPv6Network, ip_address

from sqlalchemy import Connection, delete, select, text

from airdock.identity.errors import IdentityError
from airdock.identity.store import Store
from airdock.identity.tables import ATTEMPTS

FREE_OF_NAME = 5
"""Wrong passwords for one name before there is a wait; it doubles with each further one."""
FREE_OF_REMOTE = 20
"""Wrong passwords from one address before there is a wait."""
LONGEST_WAIT = 300.0
FORGOTTEN_AFTER = 3600.0
"""Seconds after the last failure."""

_COUNT = text(
    "INSERT INTO attempts (key, failures, last) VALUES (:key, 1, :now) ON CONFLICT (key) DO UPDATE SET"
    " failures = CASE WHEN attempts.last < :old THEN 1 ELSE attempts.failures + 1 END, last = :now"
)


class Attempts:
    """Counts failed sign-ins by name and by address. Names that do not exist are counted like those that do."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def check(self, name: str, remote: str) -> None:
        """
        Args:
            remote: The caller's address; empty where it is not known, which is not counted then.

        Raises:
            IdentityError: `identity.tooManyAttempts`; it says how long to wait, not whether the user exists.
        """
        keys = _keys(name, remote)
        with self._store.reading() as connection:
            rows = connection.execute(select(ATTEMPTS).where(ATTEMPTS.c.key.in_(keys))).all()
        wait = max((self._wait(keys[row.key], row.failures, row.last) for row in rows), default=0.0)
        if wait > 0:
            seconds = int(wait) + 1
            message = f"too many failed attempts to sign in: try again in {seconds} seconds"
            raise IdentityError("identity.tooManyAttempts", message, retry_after=float(seconds))

    def failed(self, connection: Connection, name: str, remote: str) -> None:
        """Counts a failure."""
        now = self._store.now()
        connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.last < now - FORGOTTEN_AFTER))
        # In one order, so that two transactions do not wait for each other.
        for key in sorted(_keys(name, remote)):
            connection.execute(_COUNT, {"key": key, "now": now, "old": now - FORGOTTEN_AFTER})

    def forget(self, connection: Connection, name: str) -> None:
        """Nobody waits for this name any more: its owner signed in, or got another password."""
        connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.key == _key("name", name)))

    def has_failed(self, name: str) -> bool:
        """Whether there is something to forget."""
        with self._store.reading() as connection:
            return (
                connection.execute(select(ATTEMPTS.c.key).where(ATTEMPTS.c.key == _key("name", name))).first()
                is not None
            )

    def _wait(self, free: int, failures: int, last: float) -> float:
        now = self._store.now()
        if failures < free or last < now - FORGOTTEN_AFTER:
            return 0.0
        return last + min(2.0 ** (failures - free), LONGEST_WAIT) - now


def _keys(name: str, remote: str) -> dict[str, int]:
    """The keys that an attempt counts for, each with what is free."""
    keys = {_key("name", name): FREE_OF_NAME}
    return {**keys, _key("remote", _network(remote)): FREE_OF_REMOTE} if remote else keys


def _network(remote: str) -> str:
    """The address; of IPv6 the /64 around it, as that is what one caller has."""
    try:
        address = ip_address(remote.partition("%")[0])
    except ValueError:
        return remote
    if address.version == 4:
        return str(address)
    return str(address.ipv4_mapped or IPv6Network((int(address) >> 64 << 64, 64)))


def _key(kind: str, text: str) -> str:
    # A digest has one length, whatever somebody typed as a name.
    return f"{kind}:{hashlib.sha256(text[:1024].encode(errors='backslashreplace')).hexdigest()}"
