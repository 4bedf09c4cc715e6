"""The texts of tokens: `adk_`, 32 random bytes, and a checksum by which a typo, or a scanner for secrets, is sure."""

import hashlib
import re
import secrets
import zlib

PREFIX = "adk_"
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RANDOM_BYTES = 32
_RANDOM_DIGITS = 43
_CHECK_DIGITS = 6
_SHAPE = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{_RANDOM_DIGITS + _CHECK_DIGITS}}}")


def make_text() -> str:
    """The text of a new token."""
    start = PREFIX + _base62(int.from_bytes(secrets.token_bytes(_RANDOM_BYTES)), _RANDOM_DIGITS)
    return start + _checksum(start)


def is_token(text: str) -> bool:
    """Whether the text can be a token: shape and checksum fit."""
    if _SHAPE.fullmatch(text) is None:
        return False
    return _checksum(text[:-_CHECK_DIGITS]) == text[-_CHECK_DIGITS:]


def hash_of(text: str) -> str:
    """What is stored. A fast hash will do, as nobody can try all of 2^256 texts."""
    return hashlib.sha256(text.encode()).hexdigest()


def _checksum(text: str) -> str:
    return _base62(zlib.crc32(text.encode()), _CHECK_DIGITS)


def _base62(number: int, digits: int) -> str:
    found = []
    for _ in range(digits):
        number, digit = divmod(number, len(_DIGITS))
        found.append(_DIGITS[digit])
    return "".join(reversed(found))
