"""The agent on a real repository: what is published and activated is served, and only what is new is read."""

import asyncio
import json
from collections.abc import Collection
from typing import Any

import pytest

from airdock.agent.agent import Agent
from airdock.agent.repository import RepositorySource, content_of
from airdock.agent.scripts import ScriptLoader
from airdock.builtin import catalogue
from airdock.database import Database
from airdock.repository import Repository
from tests.unit.agent.sources import call
from tests.unit.flows import output


@pytest.fixture
def repository(database: Database) -> Repository:
    return Repository(database)


@pytest.fixture
def agent(repository: Repository) -> Agent:
    return Agent(RepositorySource(repository), catalogue(), scripts=ScriptLoader())


def flow(*steps: Any) -> dict[str, Any]:
    return {"steps": list(steps)}


def publish(repository: Repository, project: str, files: dict[str, Any], base: int | None = None) -> int:
    return repository.registry.publish_files(project, encoded(files), "ann", "a message", base=base).release


def activate(repository: Repository, user: str, project: str, files: dict[str, Any]) -> None:
    repository.workspaces.replace(user, project, encoded(files), None)
    repository.sandboxes.activate(project, user)


def encoded(files: dict[str, Any]) -> dict[str, bytes]:
    return {
        path: (content if isinstance(content, str) else json.dumps(content)).encode() for path, content in files.items()
    }


async def test_what_is_published_is_served(repository: Repository, agent: Agent) -> None:
    files = {"IntegrationServices/a.flow": flow(output("${$string(run.release)}")), "README.md": "no flow"}
    publish(repository, "p", files)
    agent.load()
    assert list(agent.routes.literals) == ["/services/flow/p/a.flow"]
    assert await call(agent, "p/a.flow") == "1"
    publish(repository, "p", {**files, "README.md": "still none"}, 1)
    await agent.update(agent.source.snapshot)
    assert await call(agent, "p/a.flow") == "2"
    repository.registry.unpublish("p", "ann", "over")
    await agent.update(agent.source.snapshot)
    assert not agent.routes.literals
    repository.registry.rollback("p", 1, "ann", "again")
    await agent.update(agent.source.snapshot)
    assert await call(agent, "p/a.flow") == "4"


async def test_sandboxes(repository: Repository, agent: Agent) -> None:
    publish(repository, "p", {"a.flow": flow(output("public"))})
    activate(repository, "ann", "p", {"a.flow": flow(output("ann's"))})
    agent.load()
    assert await call(agent, "p/a.flow") == "public"
    assert await call(agent, "p/a.flow", "ann") == "ann's"
    repository.sandboxes.deactivate("p", "ann")
    await agent.update(agent.source.snapshot)
    assert dict(agent.sandboxes) == {}


async def test_only_what_is_new_is_read(repository: Repository, agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    blobs = repository.blobs

    def counted(ids: Collection[str]) -> dict[str, bytes]:
        read.append(len(ids))
        return blobs(ids)

    monkeypatch.setattr(repository, "blobs", counted)
    agent.source = RepositorySource(repository)
    files = {f"f{number}.flow": flow(output(str(number))) for number in range(5)} | {"s.js": "exports.x = 1"}
    publish(repository, "p", files)
    agent.load()
    assert read == [6]
    publish(repository, "p", {**files, "f0.flow": flow(output("new"))}, 1)
    await agent.update(agent.source.snapshot)
    # Of a project that changed, its descriptors are read; its scripts are at hand.
    assert read == [6, 1]
    await agent.update(agent.source.snapshot)
    assert read == [6, 1]
    assert await call(agent, "p/f0.flow") == "new"


async def test_a_run_gets_the_modules_of_its_release_without_the_database(
    repository: Repository, agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = "exports.service = () => require(['.', 'late'].join('/')).word;"
    steps = flow({"type": "javascript", "module": "/p/s.js"})
    publish(repository, "p", {"s.js": entry, "late.js": "exports.word = 'there'", "a.flow": steps})
    agent.load()
    monkeypatch.setattr(repository, "blobs", None)
    assert await call(agent, "p/a.flow") == "there"


def test_a_project_follows_the_rules_of_folders() -> None:
    blobs = {
        "ScriptingServices/s.js": "1",
        "a.flow.yaml": "2",
        "IntegrationServices/b.flow": "3",
        "b.flow": "4",
        ".hidden/c.flow": "5",
        "node_modules/m.js": "6",
        "notes.txt": "7",
        "project.yaml": "8",
    }
    content = content_of("p", blobs, str.encode, 3)
    assert sorted(content.files) == ["p/a.flow", "p/project.yaml", "p/s.js"]
    assert dict(content.doubles) == {"p/b.flow": ("p/IntegrationServices/b.flow", "p/b.flow")}
    assert (content.read("p/s.js"), content.read("p/b.flow"), content.release) == (b"1", None, 3)


def test_what_cannot_be_read_leaves_everything_as_it_was(
    repository: Repository, agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(repository, "p", {"a.flow": flow(output("one"))})
    agent.load()
    routes = agent.routes
    publish(repository, "p", {"a.flow": flow(output("two"))}, 1)
    with monkeypatch.context() as patch:
        patch.setattr(agent.source, "_blobs", None)
        with pytest.raises(AttributeError):
            asyncio.run(agent.update(agent.source.snapshot))
    assert agent.routes is routes
