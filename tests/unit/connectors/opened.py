"""Connections that tests open by themselves."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from airdock.connectors.folders import AllowedFolders
from airdock.connectors.links import Links
from airdock.connectors.network import AllowedNetwork
from airdock.engine.clock import LoopClock
from airdock.engine.runtime import Runtime
from airdock.errors import FlowError
from airdock.spec.connection import Connection, Opening, Secret
from airdock.testing import FlowClient


def opening(
    folder: Path, secrets: Mapping[str, str] | None = None, files: Mapping[str, bytes] | None = None
) -> Opening:
    """What a connection is opened with."""

    def secret(named: Secret) -> str:
        if named.secret not in (secrets or {}):
            raise FlowError("connector.secret", f"there is no secret {named.secret!r}")
        return (secrets or {})[named.secret]

    network = AllowedNetwork(["127.0.0.0/8"])
    return Opening("p/c.connection", secret, (files or {}).get, network, LoopClock(), AllowedFolders([folder]))


@asynccontextmanager
async def opened(connection: Connection, folder: Path, **rest: Any) -> AsyncIterator[Any]:
    """Its client, closed behind the block."""
    client = await connection.connect(opening(folder, **rest))
    try:
        yield client
    finally:
        await client.close()


@asynccontextmanager
async def flows(folder: Path, fakes: bool = False, **rest: Any) -> AsyncIterator[FlowClient]:
    """A folder of flows whose connections are opened for real; closed behind the block."""
    links = Links(LoopClock(), fakes=fakes, folders=AllowedFolders([folder / "data"]))
    client = FlowClient(folder, runtime=Runtime(links=links), **rest)
    problems = [str(problem) for artefact in client.agent.artefacts for problem in artefact.problems]
    assert not problems, problems
    try:
        yield client
    finally:
        await client.close()
        await links.close()
