"""API keys and passwords of one flow."""

import hashlib
import hmac
import os
from collections.abc import Iterable
from typing import NamedTuple, Protocol
from unicodedata import normalize

from airdock.spec.protection import ApiKey, Basic
from airdock.triggers.http.basic import basic_credential
from airdock.triggers.http.callers import authorization
from airdock.triggers.http.protection.secrets import ReadSecret, pairs_of
from airdock.triggers.http.query import parse_pairs
from airdock.triggers.http.request import HttpRequest


class Holder(NamedTuple):
    """Who has a credential: its name, and which credential of several it was."""

    name: str
    number: int


class Check(Protocol):
    """A way to prove who calls."""

    @property
    def challenge(self) -> str:
        """What `WWW-Authenticate` says of it."""
        ...

    def identify(self, request: HttpRequest) -> Holder | None:
        """Who calls; None when the request does not prove it."""
        ...


class Credentials:
    """Names by secret values. Only keyed hashes are kept, and a search takes as long for every value."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._key = os.urandom(32)
        self._known = [(name, self._hash(value)) for name, value in pairs]

    def find(self, value: str) -> Holder | None:
        """Whose value it is."""
        given = self._hash(value)
        found = None
        for number, (name, known) in enumerate(self._known):
            if hmac.compare_digest(given, known):
                found = Holder(name, number)
        return found

    def _hash(self, value: str) -> bytes:
        return hashlib.blake2b(normalize("NFC", value).encode("utf-8", "surrogatepass"), key=self._key).digest()


class KeyCheck:
    """Looks at API keys, and takes them out of the request: neither flow nor run log is to have them."""

    def __init__(self, declared: ApiKey, read: ReadSecret) -> None:
        """Raises DescriptorError, `descriptor.secret`."""
        self._header = declared.header.lower()
        self._query = declared.query
        self._credentials = Credentials(pairs_of(declared, read, named=False))
        place, name = ("header", declared.header) if declared.header else ("query", declared.query)
        self.challenge = f'ApiKey realm="airdock", in="{place}", name="{name}"'

    def identify(self, request: HttpRequest) -> Holder | None:
        values = request.take_all(self._header) if self._header else self._parameters(request)
        if len(values) != 1:
            return None
        holder = self._credentials.find(values[0].strip())
        if holder is not None:
            request.hide(header=self._header, parameter=self._query)
        return holder

    def _parameters(self, request: HttpRequest) -> list[str]:
        pairs = parse_pairs(request.query_string, request.limits.parameters)
        return [value for name, value in pairs if name == self._query]


class BasicCheck:
    """Looks at names and passwords in the `Authorization` header."""

    def __init__(self, declared: Basic, read: ReadSecret) -> None:
        """Raises DescriptorError, `descriptor.secret`."""
        pairs = pairs_of(declared, read, named=True)
        self._credentials = Credentials((user, f"{user}:{password}") for user, password in pairs)
        self.challenge = f'Basic realm="{declared.realm}", charset="UTF-8"'

    def identify(self, request: HttpRequest) -> Holder | None:
        sent = authorization(request)
        if sent is None or sent[0] != "basic":
            return None
        credential = basic_credential(sent[1])
        return None if credential is None else self._credentials.find(":".join(credential))
