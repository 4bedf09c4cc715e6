"""What is kept unmasked is sealed."""

from typing import Protocol


class Sealer(Protocol):
    """Encrypts with a key of the installation, so that the file alone tells nothing. Safe for several threads."""

    def seal(self, plain: bytes) -> bytes:
        """The bytes, encrypted."""

    def open(self, sealed: bytes) -> bytes:
        """What was sealed.

        Raises:
            AirdockError: it was sealed with another key, or changed since; the message says so.
        """
