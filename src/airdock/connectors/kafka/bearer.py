"""Signing in with the token of an authorization server."""

from aiokafka.abc import AbstractTokenProvider  # type: ignore[import-untyped]
from aiokafka.errors import KafkaConnectionError  # type: ignore[import-untyped]

from airdock.connectors.http.carrier import NetworkCarrier
from airdock.connectors.http.oauth import OAuth2Auth, Tokens
from airdock.errors import FlowError
from airdock.spec.connection import Opening


class Bearer(AbstractTokenProvider):  # type: ignore[misc]
    """The token of a connection, which all of its clients share."""

    def __init__(self, tokens: Tokens, carrier: NetworkCarrier) -> None:
        self._tokens = tokens
        self._carrier = carrier

    @classmethod
    async def of(cls, auth: OAuth2Auth, opening: Opening) -> "Bearer":
        """Raises FlowError `connector.secret`."""
        carrier = NetworkCarrier(opening.name, opening.network, pool=1)
        try:
            return cls(await auth.open(opening, carrier), carrier)
        except BaseException:
            await carrier.close()
            raise

    async def token(self) -> str:
        """A token; the error of an author is the cause of what it raises, as the client knows its own errors alone."""
        try:
            return await self._tokens.token()
        except FlowError as error:
            raise KafkaConnectionError(str(error)) from error

    async def close(self) -> None:
        await self._carrier.close()
