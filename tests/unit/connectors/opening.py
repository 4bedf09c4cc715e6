"""What connections are opened with in tests."""

from collections.abc import Mapping

from airdock.connectors.folders import NOWHERE
from airdock.connectors.links import Links
from airdock.connectors.network import AllowedNetwork
from airdock.engine.clock import LoopClock
from airdock.engine.runtime import Runtime
from airdock.errors import FlowError
from airdock.spec.connection import Opening, Secret
from airdock.testing import FlowClient
from tests.unit.flows import Flows

LOOPBACK = AllowedNetwork(["127.0.0.0/8", "::1/128"])
PUBLIC = AllowedNetwork()


def opening(
    secrets: Mapping[str, str] | None = None,
    files: Mapping[str, bytes] | None = None,
    network: AllowedNetwork = LOOPBACK,
    name: str = "p/c.connection",
) -> Opening:
    """An opening with these secrets and files, by default of an installation that allows loopback addresses."""

    def secret(named: Secret) -> str:
        if secrets is None or named.secret not in secrets:
            raise FlowError("connector.secret", f"there is no secret {named.secret!r}")
        return secrets[named.secret]

    return Opening(name, secret, (files or {}).get, network, LoopClock(), NOWHERE)


class ConnectedFlows(Flows):
    """Flows whose connections reach real services, on loopback addresses too."""

    runtime: Runtime | None = None
    secrets: Mapping[str, str] = {}

    def client(self) -> FlowClient:
        self.runtime = self.runtime or Runtime(links=Links(LoopClock(), LOOPBACK))
        return FlowClient(self.folder, runtime=self.runtime, secrets=self.secrets)

    async def close(self) -> None:
        if self.runtime is not None:
            await self.runtime.links.close()
