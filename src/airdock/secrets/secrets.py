"""The secrets of an installation."""

import os
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from airdock.database import Database
from airdock.secrets.errors import SecretsError
from airdock.secrets.info import Rotation, SecretInfo, Source
from airdock.secrets.keyring import Keyring
from airdock.secrets.names import check_name, variable_of
from airdock.secrets.sources import EnvironmentSecrets, FolderSecrets
from airdock.secrets.store import Stored
from airdock.secrets.values import check_value
from airdock.secrets.vault import Vault


class Secrets:
    """Secrets by name: from the environment, else from the folder of secrets, else from the database.

    Making one opens nothing; it may be used from several threads. Methods block, and raise `SecretsError`, or
    `DatabaseError` when the database cannot be used. No error, log line or representation holds a value.
    """

    def __init__(
        self,
        database: Database,
        home: Path,
        key: str = "",
        folder: Path | None = None,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        """
        Args:
            home: The folder of the key file.
            key: The setting `secret_key`, in place of a key file.
            folder: The setting `secrets_folder`.
        """
        self._vault = Vault(database, Keyring(home, key))
        self._environment = EnvironmentSecrets(environment)
        self._folder = None if folder is None else FolderSecrets(folder)
        self._cache: dict[str, str | None] = {}
        self._seen: tuple[str, ...] = ()
        self._generation = 0
        self._lock = threading.Lock()

    def read(self, name: str) -> str | None:
        """The value, None when there is no such secret. What the database holds is remembered until `forget`.

        Raises:
            SecretsError: `secrets.key` or `secrets.damaged`, it is there and cannot be decrypted; `secrets.file`, its
                file cannot be read; `secrets.keyUnusable`; `secrets.name`.
        """
        check_name(name)
        value = self._from_outside(name)
        if value is None:
            value = self._from_database(name)
        if value is not None and value not in self._seen:
            with self._lock:
                self._seen = tuple(dict.fromkeys((*self._seen, value)))
        return value

    def forget(self, name: str | None = None) -> None:
        """Drops what is remembered of a secret, or of all: called at a change of the topic `secrets`."""
        with self._lock:
            self._generation += 1
            if name is None:
                self._cache.clear()
            else:
                self._cache.pop(name, None)

    def values(self) -> tuple[str, ...]:
        """Every value that was read here so far, for masking: also those that have been replaced since.

        It is the same object until there is another value.
        """
        return self._seen

    def list(self) -> list[SecretInfo]:
        """All secrets by name, each once, with the source that it is read from and why it cannot be read.

        Raises:
            SecretsError: `secrets.file`, the folder of secrets cannot be read.
        """
        rows = {row.name: row for row in self._vault.rows()}
        files = [] if self._folder is None else self._folder.names()
        written = {variable_of(name) for name in (*rows, *files)}
        variables = [name for name in self._environment.names() if variable_of(name) not in written]
        return [self._info(name, rows.get(name)) for name in sorted({*rows, *files, *variables})]

    def set(self, name: str, value: str, by: str, *, overwrite: bool = False) -> SecretInfo:
        """Keeps a value in the database, encrypted; the key file is made when there is no key yet.

        The result tells another source than the database where that one goes before it.

        Args:
            by: Who does it.
            overwrite: Also when the secret that is there cannot be decrypted, or none that is there can.

        Raises:
            SecretsError: `secrets.name`; `secrets.value`, no value can be so; `secrets.key`, what is there was
                encrypted with another key and `overwrite` is off; `secrets.keyUnusable`.
        """
        check_name(name)
        check_value(value)
        kept = self._vault.keep(name, value, by, overwrite=overwrite)
        self.forget(name)
        return self._info(name, kept)

    def remove(self, name: str) -> None:
        """
        Raises:
            SecretsError: `secrets.unknown`, the database has no such secret.
        """
        check_name(name)
        if not self._vault.remove(name):
            source = self._source(name, None)
            reason = "there is no such secret" if source is None else f"it comes from the {source}"
            raise SecretsError("secrets.unknown", f"{name} cannot be removed: {reason}")
        self.forget(name)

    def rotate(self) -> Rotation:
        """Encrypts all secrets of the database with a new key file, or with the first key of the setting.

        All or none; cut off anywhere, it leaves secrets that can be read.

        Raises:
            SecretsError: `secrets.key` or `secrets.damaged`, some cannot be decrypted, and nothing was changed;
                `secrets.keyUnusable`.
        """
        return self._vault.rotate()

    def _from_outside(self, name: str) -> str | None:
        value = self._environment.read(name)
        return value if value is not None or self._folder is None else self._folder.read(name)

    def _from_database(self, name: str) -> str | None:
        with self._lock:
            if name in self._cache:
                return self._cache[name]
            generation = self._generation
        value = self._vault.read(name)
        with self._lock:
            # What was read before somebody said that it changed may be old.
            if generation == self._generation:
                self._cache[name] = value
        return value

    def _info(self, name: str, row: Stored | None) -> SecretInfo:
        source = self._source(name, row)
        problem = self._problem(name, source, row)
        if row is None or source != "database":
            return SecretInfo(name=name, source=source or "database", problem=problem)
        changed = datetime.fromtimestamp(row.changed, UTC)
        return SecretInfo(name=name, source="database", changed=changed, by=row.changed_by, problem=problem)

    def _source(self, name: str, row: Stored | None) -> Source | None:
        if self._environment.read(name) is not None:
            return "environment"
        if self._folder is not None and self._folder.has(name):
            return "file"
        return None if row is None else "database"

    def _problem(self, name: str, source: Source | None, row: Stored | None) -> str:
        if source == "database" and row is not None:
            return self._vault.problem(row)
        try:
            self._from_outside(name)
        except SecretsError as error:
            return str(error)
        return ""
