"""How keys of any text and length are stored."""

from hashlib import sha256

LONGEST = 200
"""Bytes of a key that stands for itself."""
_HASHED = b"\xff"
"""No text has this byte."""


def stored(key: str) -> bytes:
    """The key as bytes, no two keys the same; one that is long as its digest."""
    plain = bytes_of(key)
    return plain if len(plain) <= LONGEST else _HASHED + sha256(plain).digest()


def is_hashed(key: bytes) -> bool:
    """Whether what is stored stands for a key that it does not tell."""
    return key[:1] == _HASHED


def bytes_of(text: str) -> bytes:
    """Any text as bytes, those that are no Unicode included."""
    return text.encode("utf-8", "surrogatepass")


def text_of(content: bytes) -> str:
    """The way back."""
    return content.decode("utf-8", "surrogatepass")
