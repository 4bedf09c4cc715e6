"""What a browser keeps between the beginning of a sign-in at a provider and its end, so that only it can end it."""

import base64
import hashlib
import secrets

import msgspec
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import select, text

from airdock.identity.errors import IdentityError
from airdock.identity.store import Store
from airdock.identity.tables import KEYS

LONGEST_SIGN_IN = 600
"""Seconds from its beginning to its end."""
_NAME = "oidc-state"
_ADD = text("INSERT INTO identity_keys (name, value) VALUES (:name, :value) ON CONFLICT (name) DO NOTHING")


class State(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in that was begun.

    Attributes:
        state: What the provider must send back.
        nonce: What the id token must repeat.
        verifier: What proves to the provider that the code is used by who asked for it (PKCE).
        redirect_uri: Where the provider sends the browser back to.
    """

    state: str
    nonce: str
    verifier: str
    redirect_uri: str

    def __repr__(self) -> str:
        return f"State(redirect_uri={self.redirect_uri!r}, ...)"

    @property
    def challenge(self) -> str:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class StateCookies:
    """Writes states so that only this installation can read and write them, on whichever node."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._key: Fernet | None = None

    def begin(self, redirect_uri: str) -> tuple[State, str]:
        """A new state, and the cookie that holds it."""
        state = State(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            redirect_uri=redirect_uri,
        )
        written = self._fernet().encrypt_at_time(msgspec.json.encode(state), int(self._store.now()))
        return state, written.decode()

    def read(self, cookie: str) -> State:
        """
        Raises:
            IdentityError: `identity.oidcState`, it is not one of this installation, or too old.
        """
        try:
            content = self._fernet().decrypt_at_time(
                cookie.encode(errors="replace"), LONGEST_SIGN_IN, int(self._store.now())
            )
            return msgspec.json.decode(content, type=State)
        except (InvalidToken, msgspec.MsgspecError):
            raise IdentityError(
                "identity.oidcState", "the sign-in was begun too long ago, or in another browser: begin again"
            ) from None

    def _fernet(self) -> Fernet:
        if self._key is None:
            self._key = Fernet(self._stored_key())
        return self._key

    def _stored_key(self) -> str:
        query = select(KEYS.c.value).where(KEYS.c.name == _NAME)
        with self._store.reading() as connection:
            found: str | None = connection.execute(query).scalar_one_or_none()
        if found is not None:
            return found
        with self._store.noting() as connection:
            # Another node may have made one at the same moment: the first one is that of all.
            connection.execute(_ADD, {"name": _NAME, "value": Fernet.generate_key().decode()})
            made: str = connection.execute(query).scalar_one()
        return made
