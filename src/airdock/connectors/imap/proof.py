"""Who signs in at a mail server: by a password, or by a token of an authorization server."""

from base64 import b64encode
from typing import Protocol

from airdock.connectors.errors import refused, unavailable
from airdock.connectors.http.auth import Credentials
from airdock.connectors.http.calls import Sending
from airdock.connectors.http.carrier import NetworkCarrier
from airdock.connectors.http.oauth import OAuth2Auth
from airdock.connectors.imap.session import Refusal, Session
from airdock.spec.connection import Opening

_LATER = ("UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG")
"""Reasons of RFC 5530 that are not of the caller."""


class Proof(Protocol):
    """What signs in."""

    async def sign_in(self, session: Session) -> None:
        """
        Raises:
            FlowError: `connector.refused`, the server does not take it; `connector.unavailable`, not now.
        """

    async def close(self) -> None:
        """Gives back what it holds."""


class Password:
    """A name and a password."""

    def __init__(self, name: str, user: str, password: str) -> None:
        self._name = name
        self._user = user
        self._password = password

    async def sign_in(self, session: Session) -> None:
        able = session.capabilities
        try:
            if "AUTH=PLAIN" in able:
                proof = b64encode(f"\0{self._user}\0{self._password}".encode()).decode()
                await session.authenticate("PLAIN", proof)
            elif "LOGINDISABLED" in able:
                raise refused(self._name, "it lets nobody sign in with a password over this way")
            else:
                await session.command("LOGIN", self._user.encode(), self._password.encode())
        except Refusal as error:
            words = str(error).replace(self._password, "***") if self._password else str(error)
            told = unavailable if error.code in _LATER else refused
            raise told(self._name, words) from None

    async def close(self) -> None:
        """There is nothing to give back."""


class Token:
    """A token that is fetched, kept, and renewed when it ends or is refused."""

    def __init__(self, name: str, user: str, carrier: NetworkCarrier, tokens: Credentials) -> None:
        self._name = name
        self._user = user
        self._carrier = carrier
        self._tokens = tokens

    @classmethod
    async def of(cls, auth: OAuth2Auth, user: str, opening: Opening) -> "Token":
        carrier = NetworkCarrier(opening.name, opening.network)
        try:
            return cls(opening.name, user, carrier, await auth.open(opening, carrier))
        except BaseException:
            await carrier.close()
            raise

    async def sign_in(self, session: Session) -> None:
        signed = await self._signed()
        try:
            await self._present(session, signed.headers["Authorization"])
        except Refusal as error:
            if error.code in _LATER:
                raise unavailable(self._name, str(error)) from None
            self._tokens.renewable(signed)
            signed = await self._signed()
            try:
                await self._present(session, signed.headers["Authorization"])
            except Refusal as error:
                raise refused(self._name, str(error)) from None

    async def _signed(self) -> Sending:
        """A request that is never sent: in its headers is the token."""
        signed = Sending("", "", {}, None, 0.0, own=False)
        await self._tokens.sign(signed)
        return signed

    async def _present(self, session: Session, bearer: str) -> None:
        if "AUTH=XOAUTH2" in session.capabilities or "AUTH=OAUTHBEARER" not in session.capabilities:
            await session.authenticate("XOAUTH2", _coded(f"user={self._user}\x01auth={bearer}\x01\x01"))
        else:
            user = self._user.replace("=", "=3D").replace(",", "=2C")
            await session.authenticate("OAUTHBEARER", _coded(f"n,a={user},\x01auth={bearer}\x01\x01"))

    async def close(self) -> None:
        await self._carrier.close()


def _coded(text: str) -> str:
    return b64encode(text.encode()).decode()
