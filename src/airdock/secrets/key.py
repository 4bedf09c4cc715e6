"""A key, and what is encrypted with it."""

import secrets
from functools import lru_cache
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

SHORTEST = 32
"""Characters that a key's text has at least."""
_NONCE = 12
_SALT = b"airdock.secrets"


class Encrypted(NamedTuple):
    """A value as it is stored."""

    key_id: str
    nonce: bytes
    ciphertext: bytes


class Key:
    """A key for AES-256-GCM. It never shows itself.

    Attributes:
        id: Tells it from other keys.
    """

    def __init__(self, text: str) -> None:
        """
        Args:
            text: What the key is derived from: the same key from the same text on every node.
        """
        material = _derived(text)
        self.id = material[32:].hex()
        self._cipher = AESGCM(material[:32])

    def __repr__(self) -> str:
        return f"Key({self.id})"

    def encrypt(self, name: str, value: str) -> Encrypted:
        """The value, bound to the name: it cannot be decrypted as the value of another one."""
        return self.seal(name, value.encode())

    def decrypt(self, name: str, encrypted: Encrypted) -> str | None:
        """The value; None when it was encrypted for another name or was altered."""
        value = self.open(name, encrypted)
        try:
            return None if value is None else value.decode()
        except ValueError:
            return None

    def seal(self, name: str, content: bytes) -> Encrypted:
        """The same of bytes."""
        nonce = secrets.token_bytes(_NONCE)
        return Encrypted(self.id, nonce, self._cipher.encrypt(nonce, content, name.encode()))

    def open(self, name: str, encrypted: Encrypted) -> bytes | None:
        """The bytes that were sealed; None when it was for another name, or they were altered."""
        try:
            return self._cipher.decrypt(encrypted.nonce, encrypted.ciphertext, name.encode())
        except (InvalidTag, ValueError):
            return None


def new_key_text() -> str:
    """The text of a new random key of 256 bits."""
    return secrets.token_urlsafe(32)


@lru_cache(maxsize=8)
def _derived(text: str) -> bytes:
    """A key and its id. The salt is fixed, as nodes that share nothing but the text must come to the same key.

    It takes some 50 ms, so that a guess at a key that a person made up is dear, too.
    """
    return Scrypt(salt=_SALT, length=40, n=2**14, r=8, p=1).derive(text.encode())
