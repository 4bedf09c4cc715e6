"""What processes say of themselves and of their node."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from airdock.agent import presence, status
from airdock.agent.agent import Agent
from airdock.agent.presence import Presence
from airdock.agent.status import NodeInfo, ProcessInfo, nodes, write_process
from airdock.database import Database
from tests.unit.agent.sources import Projects, agent_of
from tests.unit.flows import output


@pytest.fixture
def source() -> Projects:
    source = Projects()
    source.publish("p", {"a.flow": {"steps": [output("a")]}, "b.flow": "{"})
    return source


@pytest.fixture
def agent(source: Projects) -> Agent:
    agent = agent_of(source)
    agent.load()
    return agent


@asynccontextmanager
async def telling(told: Presence) -> AsyncIterator[None]:
    task = asyncio.create_task(told.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def told_nodes(database: Database, cursor: int = 0) -> list[NodeInfo]:
    async with asyncio.timeout(20):
        while True:
            found = await asyncio.to_thread(nodes, database)
            if found and found[0].artefacts and found[0].cursor >= cursor:
                return found
            await asyncio.sleep(0.01)


async def test_a_process_tells_what_it_has(database: Database, source: Projects, agent: Agent) -> None:
    cursor = 3
    told = Presence(database, agent, "one", "management", lambda: cursor)
    async with telling(told):
        (node,) = await told_nodes(database)
        (process,) = node.processes
        assert (node.name, node.cursor, process.pid, process.kind) == ("one", 3, os.getpid(), "management")
        assert [(each.path, each.state, each.release) for each in node.artefacts] == [
            ("p/a.flow", "enabled", 1),
            ("p/b.flow", "failed", 1),
        ]
        assert node.artefacts[1].problems == agent.artefacts[1].problems
        source.publish("p", {"a.flow": {"steps": [output("b")]}})
        agent.load()
        cursor = 4
        told.changed()
        (node,) = await told_nodes(database, 4)
        assert [(each.path, each.release) for each in node.artefacts] == [("p/a.flow", 2)]
    await asyncio.to_thread(told.close)
    assert nodes(database) == []


async def test_the_others_of_a_node_see_to_it_that_one_tells(
    database: Database, agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "TURN_SECONDS", 0.01)
    async with telling(Presence(database, agent, "one", "worker", lambda: 1, first=False)):
        (node,) = await told_nodes(database)
        assert node.cursor == 1


def test_nodes_vanish_when_they_are_not_heard_of(database: Database) -> None:
    old = ProcessInfo(1, "worker", "", 0.0, 1000.0, 5)
    with database.writing() as connection:
        write_process(connection, "old", old)
    assert [node.name for node in nodes(database, now=1030.0)] == ["old"]
    assert nodes(database, now=1000.0 + status.GONE_SECONDS + 1) == []
    with database.writing() as connection:
        write_process(connection, "new", ProcessInfo(1, "worker", "", 0.0, 1100.0, 5))
    assert [node.name for node in nodes(database, now=1000.0)] == ["new"]
