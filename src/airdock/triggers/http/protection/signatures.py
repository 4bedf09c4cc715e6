"""Checking the signature of a request."""

import hashlib
import hmac
from typing import NamedTuple

from airdock.spec.protection import Signature
from airdock.triggers.http.protection.schemes import scheme_of, unsigned
from airdock.triggers.http.protection.secrets import ReadSecret, lines_of
from airdock.triggers.http.request import HttpRequest

TIMED_TOLERANCE = 5 * 60.0
UNTIMED_TOLERANCE = 86400.0
_CLOCKS_APART = 60.0
"""How far apart the clocks of nodes may be: one of them may still take what is too old for another."""


class Proof(NamedTuple):
    """That a request is signed well.

    Attributes:
        key: Stands for what was signed; the same for every spelling of the signature, and whichever secret made it.
        until: Unix time until which a request like it must be refused; 0: it need not be.
    """

    key: bytes
    until: float


class SignatureCheck:
    """Checks requests against the signature that a flow declares."""

    def __init__(self, declared: Signature, read: ReadSecret) -> None:
        """Raises DescriptorError, `descriptor.secret`: there is no secret to check with."""
        self._keys = [line.encode() for line in lines_of(declared, read)]
        self._scheme = scheme_of(declared)
        usual = TIMED_TOLERANCE if self._scheme.timed else UNTIMED_TOLERANCE
        self._tolerance = usual if declared.tolerance is None else declared.tolerance
        # RFC 9110 wants a challenge with every 401; this one says what is missing, in its own terms.
        self.challenge = f'Signature realm="airdock", scheme="{declared.scheme}"'

    def verify(self, request: HttpRequest, body: bytes, now: float) -> Proof:
        """The proof that a body was signed with one of the secret's values.

        Args:
            body: As it was sent. now: Unix time.

        Raises:
            FlowError: `request.signature`.
        """
        scheme = self._scheme
        sent = scheme.read(request)
        until = now + self._tolerance if self._tolerance else 0.0
        if scheme.timed:
            until = self._until(sent.timestamp, now)
        message = scheme.message(sent.timestamp, body)
        good = False
        for key in self._keys:
            expected = hmac.digest(key, message, scheme.algorithm)
            for each in sent.signatures:
                good |= hmac.compare_digest(expected, each)
        if not good:
            raise unsigned("The signature is not that of this body with the secret.")
        return Proof(hashlib.sha256(message).digest(), until)

    def _until(self, timestamp: str, now: float) -> float:
        """When the time of sending is no longer good."""
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
            raise unsigned("The time of sending is not a number of seconds.")
        sent = int(timestamp)
        if abs(now - sent) > self._tolerance:
            raise unsigned(f"The time of sending is more than {self._tolerance:g} s from now.")
        return sent + self._tolerance + _CLOCKS_APART
