"""What steps use that name no connection: opened at first use, shared, and never shown as away."""

from types import TracebackType
from typing import Any

from airdock.connectors.folders import NOWHERE
from airdock.errors import FlowError
from airdock.spec.clock import Clock
from airdock.spec.connection import Client, Connection, Network, Opening, Secret


class UnnamedLink:
    """A connection that has no name and no state, as steps hold it (`Link`)."""

    path = ""

    def __init__(self, connection: Connection, network: Network, clock: Clock, fakes: bool) -> None:
        self.connection: Any = connection
        self._opening = Opening("", _no_secret, lambda path: None, network, clock, NOWHERE)
        self._fakes = fakes
        self._client: Client | None = None

    def use(self) -> "UnnamedLink":
        return self

    async def __aenter__(self) -> Any:
        client = self._client
        if client is None:
            made = self.connection.fake() if self._fakes else await self.connection.connect(self._opening)
            # Another may have come first.
            client, self._client = (made, made) if self._client is None else (self._client, self._client)
            if client is not made:
                await made.close()
        return client

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        pass

    async def close(self) -> None:
        """Closes its client."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()


def _no_secret(secret: Secret) -> str:
    raise FlowError("connector.secret", f"there is no secret {secret.secret!r} without a connection")
