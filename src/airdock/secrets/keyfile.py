"""The key file of an installation: made when the first secret is kept, replaced when the key is rotated."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from airdock.secrets.errors import SecretsError
from airdock.secrets.key import SHORTEST, new_key_text

FILE = "secret.key"
NEXT = f"{FILE}.next"
"""The key that a rotation puts in the place of the current one when it has been committed."""
_LARGEST = 4096
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class KeyFile:
    """The key file in the home folder, and the next one while a rotation goes on.

    Methods raise `SecretsError`, `secrets.keyUnusable`, when a file cannot be read or written, others than its owner
    may read it, or it holds no key.
    """

    def __init__(self, home: Path, name: str = FILE) -> None:
        self.path = home / name
        self._next = home / f"{name}.next"

    def current(self) -> str | None:
        """The text of the current key, None when there is no file."""
        return _read(self.path)

    def next(self) -> str | None:
        """The text of the next key, None outside of rotations."""
        return _read(self._next)

    def make(self) -> str:
        """The current key, made if there is none. Of several processes that make one, all get the same."""
        return _read(self.path) or _make(self.path)

    def prepare(self) -> str:
        """The next key, made if there is none. It is there already where a rotation was cut off."""
        return _read(self._next) or _make(self._next)

    def promote(self) -> None:
        """Puts the next key in the place of the current one, in one step."""
        with _told(self._next):
            os.replace(self._next, self.path)
            _sync(self.path.parent)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SecretsError("secrets.keyUnusable", f"the key file {path} cannot be used: {reason}") from error


def _read(path: Path) -> str | None:
    with _told(path), suppress(FileNotFoundError), open(path, "rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        content = file.read(_LARGEST + 1)
        if mode & _OTHERS:
            message = f"the key file {path} is open to others than its owner: chmod 600 {path}"
            raise SecretsError("secrets.keyUnusable", message)
        return _text_of(path, content)
    return None


def _text_of(path: Path, content: bytes) -> str:
    text = content.decode("utf-8", "replace").strip()
    if len(content) > _LARGEST or len(text) < SHORTEST or not text.isprintable() or "\ufffd" in text:
        message = f"the key file {path} holds no key: it is one line of at least {SHORTEST} characters"
        raise SecretsError("secrets.keyUnusable", message)
    return text


def _make(path: Path) -> str:
    """Writes a new key to a file that appears whole and with its mode, and only if there is none yet."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with _told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            _write(temporary, new_key_text())
            with suppress(FileExistsError):
                os.link(temporary, path)
                _sync(path.parent)
        finally:
            temporary.unlink(missing_ok=True)
        return _text_of(path, path.read_bytes())


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{text}\n")
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
