"""Passwords: what is accepted as one, and their hashes by argon2id."""

import unicodedata

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from airdock.identity.errors import IdentityError

SHORTEST = 10
LONGEST = 1024
"""Characters. Longer ones would let a caller choose how much work a verification is."""


class Passwords:
    """Hashes and verifies. The defaults take about 80 ms of one core and 32 MB.

    Args:
        rounds, memory: Time and memory cost of argon2id, memory in KiB. Hashes made with others still verify.
    """

    def __init__(self, rounds: int = 3, memory: int = 32 * 1024) -> None:
        self._hasher = PasswordHasher(time_cost=rounds, memory_cost=memory, parallelism=1, type=Type.ID)
        # What a name that does not exist is verified against, so that it takes as long as one that does.
        self._nobody = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """The hash of a password that `check` accepted; it takes its time."""
        return self._hasher.hash(_same(password))

    def verify(self, hash: str | None, password: str) -> bool:
        """Whether it is the password; it takes its time, also without a hash, where the answer is no."""
        try:
            self._hasher.verify(hash or self._nobody, _same(password[: LONGEST + 1]))
        except (VerifyMismatchError, UnicodeEncodeError):
            return False
        except (VerificationError, InvalidHashError):
            # A hash that is damaged fits no password.
            return False
        return bool(hash) and len(password) <= LONGEST

    def is_outdated(self, hash: str) -> bool:
        """Whether the hash was made with other costs than hashes are made with now."""
        return self._hasher.check_needs_rehash(hash)


def check_password(password: str, name: str) -> None:
    """
    Args:
        name: Of the user.

    Raises:
        IdentityError: `identity.password`
    """
    problem = _problem(password, name)
    if problem:
        raise IdentityError("identity.password", problem)


def _problem(password: str, name: str) -> str:
    if len(password) < SHORTEST:
        return f"the password is too short: at least {SHORTEST} characters"
    if len(password) > LONGEST:
        return f"the password is too long: at most {LONGEST} characters"
    try:
        plain = _same(password)
    except UnicodeEncodeError:
        return "the password holds what is no character"
    if plain.decode().casefold() == name.casefold():
        return "the password is the user's name"
    return ""


def _same(password: str) -> bytes:
    # One keyboard sends ü as one character, another one as two.
    return unicodedata.normalize("NFC", password).encode()
