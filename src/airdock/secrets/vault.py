"""The secrets of the database: encrypted, decrypted, and encrypted anew with another key."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from airdock.database import Database, note_change
from airdock.secrets import store
from airdock.secrets.errors import SecretsError
from airdock.secrets.info import Rotation
from airdock.secrets.key import Key
from airdock.secrets.keyring import Keyring
from airdock.secrets.store import Stored

TOPIC = "secrets"
"""Of changes: the name is that of a secret."""


class Vault:
    """Secrets in the database. Methods raise `SecretsError`, or `DatabaseError` when the database cannot be used."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._keyring = keyring

    def read(self, name: str) -> str | None:
        """The value, None when there is no such secret.

        Raises:
            SecretsError: `secrets.key`, it was encrypted with a key that is not at hand; `secrets.damaged`, it was
                altered; `secrets.keyUnusable`.
        """
        row = self._find(name)
        while row is not None:
            key = self._keyring.find(row.encrypted.key_id)
            if key is not None:
                return _decrypted(row, key)
            # A rotation may have replaced the key after the row was read.
            before, row = row, self._find(name)
            if row == before:
                raise self._other_key([name])
        return None

    def rows(self) -> list[Stored]:
        """All, by name, as they are stored."""
        with self._database.reading() as connection:
            return store.stored(connection)

    def problem(self, row: Stored) -> str:
        """Why a secret cannot be read; empty when it can."""
        try:
            key = self._keyring.find(row.encrypted.key_id)
            if key is None:
                self.read(row.name)
            else:
                _decrypted(row, key)
        except SecretsError as error:
            return str(error)
        return ""

    def keep(self, name: str, value: str, by: str, *, overwrite: bool) -> Stored:
        """Adds or replaces a secret.

        Raises:
            SecretsError: `secrets.key`, what is there was encrypted with another key and `overwrite` is off.
        """
        with self._writing() as connection:
            rows = store.stored(connection)
            self._keyring.settle(_used(rows))
            if not overwrite:
                self._check_keep(name, rows)
            kept = Stored(name, self._keyring.make().encrypt(name, value), time.time(), by)
            store.keep(connection, kept)
            note_change(connection, TOPIC, name)
        return kept

    def remove(self, name: str) -> bool:
        """Whether there was one."""
        with self._writing() as connection:
            found = store.erase(connection, name)
            if found:
                note_change(connection, TOPIC, name)
        return found

    def rotate(self) -> Rotation:
        """Encrypts all secrets with another key, all or none. Cut off anywhere, it leaves secrets that can be read.

        Raises:
            SecretsError: `secrets.key` or `secrets.damaged`, some cannot be decrypted; nothing was changed.
        """
        with self._writing() as connection:
            rows = store.stored(connection)
            self._keyring.settle(_used(rows))
            values = self._all_decrypted(rows)
            key = self._keyring.prepare()
            old = [row.name for row in rows if row.encrypted.key_id != key.id]
            for name in old:
                store.encrypt_anew(connection, name, key.encrypt(name, values[name]))
        # The key file is replaced when the transaction cannot be undone any more.
        with self._writing() as connection:
            self._keyring.settle(_used(store.stored(connection)))
        return Rotation(secrets=len(old), key=key.id, place=self._keyring.place)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._database.writing() as connection:
            store.lock(connection)
            yield connection

    def _find(self, name: str) -> Stored | None:
        with self._database.reading() as connection:
            return store.find(connection, name)

    def _check_keep(self, name: str, rows: list[Stored]) -> None:
        """Refuses to replace what cannot be decrypted, and to begin with a key beside another one unasked."""
        strange = self._strange(rows)
        current = self._keyring.current()
        begins = current is None or current.id not in _used(rows)
        if name in strange or (strange and begins):
            raise self._other_key(strange)

    def _all_decrypted(self, rows: list[Stored]) -> dict[str, str]:
        strange = self._strange(rows)
        if strange:
            raise self._other_key(strange)
        keys = {key.id: key for key_id in _used(rows) if (key := self._keyring.find(key_id))}
        return {row.name: _decrypted(row, keys[row.encrypted.key_id]) for row in rows}

    def _strange(self, rows: Iterable[Stored]) -> list[str]:
        """The secrets whose keys are not at hand."""
        keys = {key_id: self._keyring.find(key_id) for key_id in _used(rows)}
        return [row.name for row in rows if keys[row.encrypted.key_id] is None]

    def _other_key(self, names: list[str]) -> SecretsError:
        which = f"the secret {names[0]} was" if len(names) == 1 else f"the secrets {', '.join(names)} were"
        lost = self._keyring.current() is None
        here = "there is no key" if lost else "the key is another one"
        message = f"{which} encrypted with a key that this node does not have: {here} in {self._keyring.place}"
        return SecretsError("secrets.key", message)


def _used(rows: Iterable[Stored]) -> set[str]:
    return {row.encrypted.key_id for row in rows}


def _decrypted(row: Stored, key: Key) -> str:
    value = key.decrypt(row.name, row.encrypted)
    if value is None:
        raise SecretsError("secrets.damaged", f"the secret {row.name} was altered in the database: set its value again")
    return value
