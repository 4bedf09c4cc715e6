"""The keys at hand: those of the setting `secret_key`, then the key file."""

from collections.abc import Collection
from pathlib import Path

from airdock.secrets.errors import SecretsError
from airdock.secrets.key import SHORTEST, Key
from airdock.secrets.keyfile import KeyFile

VARIABLE = "AIRDOCK_SECRET_KEY"


class Keyring:
    """Finds keys. Methods raise `SecretsError`, `secrets.keyUnusable`, when a key is unfit or cannot be read.

    What it must know of the database is given as ids of the keys that secrets there are encrypted with, and methods
    that change the key file are called by one process at a time: the one that has locked the secrets.
    """

    def __init__(self, home: Path, setting: str = "", *, file: KeyFile | None = None) -> None:
        """
        Args:
            home: The folder of the key file.
            setting: The keys of the setting, with commas between them; the first one encrypts.
            file: The key file; that of the secrets if left out.
        """
        self._texts = [text for text in (part.strip() for part in setting.split(",")) if text]
        self._file = file or KeyFile(home)

    @property
    def place(self) -> str:
        """Where the key that encrypts stands."""
        return VARIABLE if self._texts else str(self._file.path)

    def find(self, key_id: str) -> Key | None:
        """The key of that id, None when it is not at hand."""
        return next((key for key in self._from_setting() if key.id == key_id), None) or next(
            (key for key in self._from_file() if key.id == key_id), None
        )

    def current(self) -> Key | None:
        """The key that encrypts, None when there is no key file yet."""
        if self._texts:
            return self._from_setting()[0]
        text = self._file.current()
        return None if text is None else Key(text)

    def make(self) -> Key:
        """The key that encrypts, made if there is none."""
        return self.current() or Key(self._file.make())

    def prepare(self) -> Key:
        """The key that a rotation encrypts with: the first one of the setting, else a new one beside the key file."""
        return self._from_setting()[0] if self._texts else Key(self._file.prepare())

    def settle(self, used: Collection[str]) -> None:
        """Ends a rotation of the key file that was committed, whether by this process or by one that died since.

        Args:
            used: The ids of the keys that secrets are encrypted with now.
        """
        text = self._file.next()
        if text is None or self._texts:
            return
        current = self._file.current()
        if current is None or Key(current).id not in used:
            self._file.promote()

    def _from_setting(self) -> list[Key]:
        short = [text for text in self._texts if len(text) < SHORTEST]
        if short:
            message = f"a key in {VARIABLE} has {len(short[0])} characters: it needs at least {SHORTEST}"
            raise SecretsError("secrets.keyUnusable", message)
        return [Key(text) for text in self._texts]

    def _from_file(self) -> list[Key]:
        # The next one is read first: when it is put in the current one's place in between, it is found there.
        texts = (self._file.next(), self._file.current())
        return [Key(text) for text in texts if text is not None]
