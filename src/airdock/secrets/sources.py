"""Secrets that come from outside: environment variables, and files of a folder."""

import stat
from collections.abc import Mapping
from pathlib import Path

from airdock.secrets.errors import SecretsError
from airdock.secrets.names import PREFIX, is_name, variable_of
from airdock.secrets.values import LARGEST, value_of


class EnvironmentSecrets:
    """Variables `AIRDOCK_SECRET_<NAME>`. An empty one counts as not there."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def read(self, name: str) -> str | None:
        return self._environment.get(variable_of(name)) or None

    def names(self) -> list[str]:
        """Names in small letters, as a variable does not tell how its secret is written."""
        variables = [name for name, value in self._environment.items() if value and name.startswith(PREFIX)]
        return sorted(filter(is_name, (name.removeprefix(PREFIX).lower() for name in variables)))


class FolderSecrets:
    """Files whose names are names of secrets, as container platforms mount them; one newline at the end is left out.

    They are read anew each time. Methods raise `SecretsError`, `secrets.file`, when a file or the folder cannot be
    read or holds no value.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str) -> str | None:
        path = self._folder / name
        try:
            mode = path.stat().st_mode
            if not stat.S_ISREG(mode):
                return None
            with open(path, "rb") as file:
                return _value(path, file.read(LARGEST + 2))
        except FileNotFoundError:
            self._check_folder()
            return None
        except OSError as error:
            raise _unreadable(path, error) from error

    def has(self, name: str) -> bool:
        """Whether there is such a file, readable or not."""
        return (self._folder / name).is_file()

    def names(self) -> list[str]:
        try:
            return sorted(path.name for path in self._folder.iterdir() if is_name(path.name) and path.is_file())
        except OSError as error:
            raise _unreadable(self._folder, error) from error

    def _check_folder(self) -> None:
        # A folder that was not mounted must not look like one without secrets.
        if not self._folder.is_dir():
            raise SecretsError("secrets.file", f"the folder of secrets {self._folder} is not there")


def _value(path: Path, content: bytes) -> str:
    try:
        return value_of(content)
    except SecretsError as error:
        raise SecretsError("secrets.file", f"the secret in {path} cannot be read: {error}") from None


def _unreadable(path: Path, error: OSError) -> SecretsError:
    reason = error.strerror or type(error).__name__
    return SecretsError("secrets.file", f"the secret in {path} cannot be read: {reason}")
