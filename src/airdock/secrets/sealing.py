"""Sealing what the installation keeps unmasked outside of its database, such as what retries of failed runs need."""

import threading
from pathlib import Path

from airdock.secrets import keyfile
from airdock.secrets.errors import SecretsError
from airdock.secrets.key import Encrypted, Key
from airdock.secrets.keyfile import KeyFile
from airdock.secrets.keyring import Keyring

FILE = "seal.key"
"""In the home folder. Not that of the secrets: a key file of theirs that was lost must not be made anew unasked."""
KEY_FILES = (keyfile.FILE, keyfile.NEXT, FILE)
"""Every file with a key that a home may have."""
_ID = 8
_NONCE = 12


class Sealing:
    """Seals bytes for one purpose with the key of the setting `secret_key`, else with one of this home's own.

    Making one opens nothing; it may be used from several threads. Methods raise `SecretsError`, `secrets.keyUnusable`,
    when a key is unfit or cannot be read or made.
    """

    def __init__(self, home: Path, setting: str = "", purpose: str = "runs") -> None:
        """
        Args:
            home: The folder of the key file. It is made when first something is sealed.
            setting: The keys of the setting, with commas between them; the first one seals.
            purpose: What is sealed for one purpose cannot be opened for another.
        """
        self._keyring = Keyring(home, setting, file=KeyFile(home, FILE))
        self._purpose = f"seal:{purpose}"
        self._key: Key | None = None
        self._opening: dict[str, Key] = {}
        self._lock = threading.Lock()

    def seal(self, plain: bytes) -> bytes:
        """The bytes, encrypted."""
        with self._lock:
            if self._key is None:
                self._key = self._keyring.make()
        encrypted = self._key.seal(self._purpose, plain)
        return bytes.fromhex(encrypted.key_id) + encrypted.nonce + encrypted.ciphertext

    def open(self, sealed: bytes) -> bytes:
        """What was sealed.

        Raises:
            SecretsError: `secrets.key`, it was sealed with a key that is not at hand; `secrets.damaged`, it was altered
                since.
        """
        key_id, nonce, ciphertext = sealed[:_ID].hex(), sealed[_ID : _ID + _NONCE], sealed[_ID + _NONCE :]
        key = self._found(key_id)
        plain = key.open(self._purpose, Encrypted(key_id, nonce, ciphertext))
        if plain is None:
            raise SecretsError("secrets.damaged", "what was sealed has been altered since")
        return plain

    def _found(self, key_id: str) -> Key:
        key = self._opening.get(key_id)
        if key is None:
            key = self._keyring.find(key_id)
            if key is None:
                raise SecretsError("secrets.key", f"it was sealed with a key that is not in {self._keyring.place}")
            self._opening[key_id] = key
        return key
