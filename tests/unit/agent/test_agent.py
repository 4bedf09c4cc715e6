"""The agent, followed through the changes of a folder."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from airdock.agent.agent import Agent
from airdock.agent.artefact import Artefact, Change
from airdock.agent.hints import ITSELF
from airdock.agent.scripts import ScriptLoader
from airdock.agent.source import FolderSource
from airdock.builtin import catalogue
from airdock.request import Request
from airdock.triggers.http.answer import make_answer
from tests.unit.flows import Flows, output


@pytest.fixture
def agent(flows: Flows) -> Agent:
    return Agent(FolderSource(flows.folder), catalogue(), scripts=ScriptLoader())


def states(agent: Agent) -> dict[str, str]:
    return {artefact.path: artefact.state for artefact in agent.artefacts}


def artefact(agent: Agent, path: str) -> Artefact:
    return next(each for each in agent.artefacts if each.path == path)


async def answer(agent: Agent, path: str) -> str:
    pipeline = agent.flows[path]
    exchange = pipeline.exchange(Request())
    pending = pipeline.run(exchange, make_answer)
    if pending is not None:
        await pending
    body = exchange.answer.body
    return body if isinstance(body, str) else body.decode()


def flow(text: str, **rest: Any) -> dict[str, Any]:
    return {"steps": [output(text)], **rest}


async def test_added_changed_and_removed(flows: Flows, agent: Agent) -> None:
    flows.write("p/a.flow", flow("one"))
    assert [(change.path, change.what) for change in agent.load()] == [("p/a.flow", "added")]
    assert await answer(agent, "p/a.flow") == "one"
    assert agent.load() == []
    flows.write("p/a.flow", flow("two!"))
    assert [(change.path, change.what) for change in agent.load()] == [("p/a.flow", "changed")]
    assert await answer(agent, "p/a.flow") == "two!"
    assert "/services/flow/p/a.flow" in agent.routes.literals
    (flows.folder / "p/a.flow").unlink()
    (change,) = agent.load()
    assert (change.what, change.artefact) == ("removed", None)
    assert not agent.flows
    assert not agent.routes.literals


async def test_a_file_that_fails_does_not_stop_the_others(flows: Flows, agent: Agent) -> None:
    flows.write("p/bad.flow", "{")
    flows.write("p/good.flow", flow("good"))
    agent.load()
    assert states(agent) == {"p/bad.flow": "failed", "p/good.flow": "enabled"}
    assert agent.routes.literals["/services/flow/p/bad.flow"].problems
    (problem,) = artefact(agent, "p/bad.flow").problems
    assert str(problem).startswith("p/bad.flow:1:2: ")


async def test_a_broken_version_never_replaces_one_that_works(flows: Flows, agent: Agent) -> None:
    flows.write("p/a.flow", flow("works"))
    agent.load()
    flows.write("p/a.flow", {"steps": [{"type": "outptu"}]})
    (change,) = agent.load()
    assert change.artefact is not None
    assert (change.artefact.state, change.artefact.serves) == ("failed", True)
    assert "'output'" in str(change.artefact.problems[0])
    assert await answer(agent, "p/a.flow") == "works"
    flows.write("p/a.flow", flow("mended"))
    agent.load()
    assert await answer(agent, "p/a.flow") == "mended"


async def test_a_run_ends_on_the_version_it_began_with(flows: Flows, agent: Agent) -> None:
    flows.write("p/s.py", "async def service(exchange):\n    return 'old'\n")
    flows.write("p/a.flow", {"steps": [{"type": "delay", "duration": "1ms"}, {"type": "python", "module": "/p/s.py"}]})
    agent.load()
    exchange = agent.flows["p/a.flow"].exchange(Request())
    pending = agent.flows["p/a.flow"].run(exchange, make_answer)
    flows.write("p/s.py", "async def service(exchange):\n    return 'the new one'\n")
    agent.load()
    assert pending is not None
    await pending
    assert exchange.answer.body == b"old"
    assert await answer(agent, "p/a.flow") == "the new one"


async def test_a_changed_script_changes_the_flows_that_use_it(flows: Flows, agent: Agent) -> None:
    flows.write("p/lib/words.js", "exports.word = 'one';")
    flows.write("p/s.js", "var lib = require('./lib/words'); exports.service = () => lib.word;")
    flows.write("p/a.flow", {"steps": [{"type": "javascript", "module": "/p/s.js"}]})
    agent.load()
    assert await answer(agent, "p/a.flow") == "one"
    flows.write("p/lib/words.js", "exports.word = 'two';\n")
    (change,) = agent.load()
    assert (change.path, change.artefact) == ("p/lib/words.js", None)
    assert await answer(agent, "p/a.flow") == "two"


async def test_a_script_that_is_broken_is_told_with_the_flow_that_uses_it(flows: Flows, agent: Agent) -> None:
    flows.write("p/s.py", "def service(exchange):\n    return 'one'\n")
    flows.write("p/a.flow", {"steps": [{"type": "python", "module": "/p/s.py"}]})
    flows.write("p/other.flow", flow("other"))
    agent.load()
    for broken in ("def service(exchange)\n", "def service(exchange)   \n"):
        flows.write("p/s.py", broken)
        script, affected = agent.load()
        assert (script.path, script.what, affected.path, affected.what) == ("p/s.py", "changed", "p/a.flow", "affected")
        assert affected.artefact is not None
        assert (affected.artefact.state, affected.artefact.serves) == ("failed", True)
        assert affected.artefact.problems[0].place.file == "p/s.py"
    flows.write("p/other.flow", flow("another"))
    assert [change.path for change in agent.load()] == ["p/other.flow"]
    assert await answer(agent, "p/a.flow") == "one"
    flows.write("p/s.py", "def service(exchange):\n    return 'two'\n")
    assert [(change.path, change.what) for change in agent.load()] == [("p/s.py", "changed"), ("p/a.flow", "affected")]
    assert await answer(agent, "p/a.flow") == "two"


def test_what_is_not_there_is_told_with_what_was_meant(tmp_path: Path) -> None:
    inside = Flows(tmp_path / "shop")
    inside.write("prices.py", "def service(exchange):\n    return 1\n")
    inside.write("a.flow", {"steps": [{"type": "python", "module": "/shop/prices.py"}]})
    inside.write("b.flow", {"steps": [{"type": "python", "module": "/price.py"}]})
    inside.write("c.flow", {"steps": [{"type": "flow", "module": "/shop/a.flow"}]})
    inside.write("d.job", {"expression": "0 0 3 * * ?", "type": "flow", "module": "/aa.flow"})
    agent = Agent(FolderSource(inside.folder), catalogue(), scripts=ScriptLoader())
    agent.load()
    hints = {artefact.path: artefact.problems[0].hint for artefact in agent.artefacts}
    assert hints == {
        "a.flow": ITSELF,
        "b.flow": "did you mean '/prices.py'?",
        "c.flow": ITSELF,
        "d.job": "did you mean '/a.flow'?",
    }


def test_the_folder_of_projects_is_told_where_its_parent_is_given(flows: Flows, agent: Agent) -> None:
    flows.write("examples/shop/ScriptingServices/prices.py", "def service(exchange):\n    return 1\n")
    flows.write("examples/shop/a.flow", {"steps": [{"type": "python", "module": "/shop/prices.py"}]})
    agent.load()
    assert artefact(agent, "examples/shop/a.flow").problems[0].hint == "the folder 'examples' has it: give that folder"


async def test_a_script_that_comes_later_mends_the_flow(flows: Flows, agent: Agent) -> None:
    flows.write("p/a.flow", {"steps": [{"type": "python", "module": "/p/s.py"}]})
    agent.load()
    assert states(agent) == {"p/a.flow": "failed"}
    place = artefact(agent, "p/a.flow").problems[0].place
    assert (place.file, place.line) == ("p/a.flow", 1)
    flows.write("p/s.py", "def service(exchange):\n    return 'there'\n")
    agent.load()
    assert await answer(agent, "p/a.flow") == "there"


async def test_a_flow_that_is_called_is_the_current_one(flows: Flows, agent: Agent) -> None:
    flows.write("p/outer.flow", {"steps": [{"type": "flow", "module": "/p/inner.flow"}]})
    agent.load()
    assert states(agent) == {"p/outer.flow": "failed"}
    flows.write("p/inner.flow", flow("inner"))
    agent.load()
    assert await answer(agent, "p/outer.flow") == "inner"
    flows.write("p/inner.flow", flow("other"))
    agent.load()
    assert await answer(agent, "p/outer.flow") == "other"
    (flows.folder / "p/inner.flow").unlink()
    agent.load()
    assert states(agent) == {"p/outer.flow": "failed"}


async def test_project_settings(flows: Flows, agent: Agent) -> None:
    flows.write("p/project.yaml", "config: {where: here}\n")
    flows.write("p/a.flow", flow("${config.where}"))
    flows.write("q/a.flow", flow("<${config.where}>"))
    agent.load()
    assert (await answer(agent, "p/a.flow"), await answer(agent, "q/a.flow")) == ("here", "<>")
    flows.write("p/project.yaml", "config: {where: there}\n")
    agent.load()
    assert await answer(agent, "p/a.flow") == "there"


def test_other_kinds_are_checked(flows: Flows, agent: Agent) -> None:
    flows.write("p/a.job", {"expression": "0/5 * * * * ?", "type": "python", "module": "/p/s.py"})
    flows.write("p/b.job", {"expression": "0/5 * * * * ?", "type": "python", "module": "/p/absent.py"})
    flows.write("p/s.py", "def service(exchange):\n    pass\n")
    agent.load()
    assert states(agent) == {"p/a.job": "enabled", "p/b.job": "failed"}


def test_two_files_for_one_address(flows: Flows, agent: Agent) -> None:
    flows.write("p/a.flow", flow("a"))
    flows.write("p/IntegrationServices/a.flow", flow("b"))
    agent.load()
    assert states(agent) == {"p/a.flow": "failed"}
    assert artefact(agent, "p/a.flow").problems[0].code == "descriptor.conflict"


def test_nothing_leaves_the_folder(flows: Flows, tmp_path: Path) -> None:
    secret = tmp_path / "secret.py"
    secret.write_text("def service(exchange):\n    return 'secret'\n")
    inside = Flows(tmp_path / "registry")
    for number, module in enumerate(
        ["/../secret.py", "/p/../../secret.py", "/p/link.py", "/p/%2e%2e/secret.py", "secret.py"]
    ):
        inside.write(f"p/{number}.flow", {"steps": [{"type": "python", "module": module}]})
    os.symlink(secret, inside.folder / "p" / "link.py")
    agent = Agent(FolderSource(inside.folder), catalogue(), scripts=ScriptLoader())
    agent.load()
    assert set(states(agent).values()) == {"failed"}


async def test_follows_changes_until_cancelled(flows: Flows, agent: Agent) -> None:
    flows.write("p/a.flow", flow("one"))
    agent.load()
    seen: asyncio.Queue[list[Change]] = asyncio.Queue()
    following = asyncio.create_task(agent.follow(seen.put_nowait))
    await asyncio.sleep(0)
    flows.write("p/a.flow", flow("two!"))
    flows.write("p/new.flow", flow("new"))
    changed: set[str] = set()
    async with asyncio.timeout(20):
        while changed != {"p/a.flow", "p/new.flow"}:
            changed |= {change.path for change in await seen.get()}
    assert (await answer(agent, "p/a.flow"), await answer(agent, "p/new.flow")) == ("two!", "new")
    following.cancel()
    with pytest.raises(asyncio.CancelledError):
        await following
