"""A source for the agent's tests: projects in memory, published and activated by hand."""

import json
from typing import Any

from airdock.agent.agent import Agent
from airdock.agent.content import Content, Contents, Entry, Snapshot
from airdock.agent.paths import registry_path
from airdock.agent.scripts import ScriptLoader
from airdock.builtin import catalogue
from airdock.descriptor.reader import kind_of
from airdock.request import Request
from airdock.testing.recording import Recording
from airdock.triggers.http.answer import make_answer


class Projects:
    """Projects by name, with releases; sandboxes by user."""

    name = "these projects"
    root_name = ""

    def __init__(self) -> None:
        self.registry: dict[str, Content] = {}
        self.sandboxes: dict[str, Contents] = {}

    def snapshot(self) -> Snapshot:
        return Snapshot(dict(self.registry), dict(self.sandboxes))

    def settle(self) -> None:
        """Everything is kept."""

    def publish(self, project: str, files: dict[str, Any]) -> None:
        """The next release: a text as it is, anything else as JSON."""
        before = self.registry.get(project)
        self.registry[project] = content_of(project, files, (before.release or 0) + 1 if before else 1)

    def activate(self, user: str, project: str, files: dict[str, Any]) -> None:
        self.sandboxes[user] = {**self.sandboxes.get(user, {}), project: content_of(project, files)}


def content_of(project: str, files: dict[str, Any], release: int | None = None) -> Content:
    entries, contents = {}, {}
    for file, content in files.items():
        path = registry_path(f"{project}/{file}")
        contents[path] = (content if isinstance(content, str) else json.dumps(content)).encode()
        entries[path] = Entry(path, kind_of(path), f"{project}/{file}", contents[path])
    return Content(entries, contents.get, release=release)


def agent_of(source: Projects, recording: Recording | None = None) -> Agent:
    return Agent(source, catalogue(), scripts=ScriptLoader(), runlog=recording)


async def call(agent: Agent, path: str, user: str = "") -> str:
    """The text that a flow answers; of a sandbox, if a user is named."""
    space = agent.sandbox_spaces[user] if user else agent.registry
    pipeline = space.units[path].pipeline
    assert pipeline is not None, space.units[path].artefact
    exchange = pipeline.exchange(Request())
    pending = pipeline.run(exchange, make_answer)
    if pending is not None:
        await pending
    body = exchange.answer.body
    return body if isinstance(body, str) else body.decode()
