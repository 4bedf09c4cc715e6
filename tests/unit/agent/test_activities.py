"""Jobs, listeners and connections, as the agent hands them on."""

from typing import Any

import pytest

from airdock.agent.activities import flow_of
from airdock.agent.agent import Agent
from airdock.agent.scripts import ScriptLoader
from airdock.agent.source import FolderSource
from airdock.builtin import catalogue
from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.request import Request
from airdock.spec.catalogue import Catalogue
from airdock.spec.connection import Client, Connection, Opening, Secret
from airdock.spec.descriptors import Job, Listener
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Module, Record
from airdock.spec.step import Compiled, Compiler, ProducingStep
from airdock.triggers.http.answer import make_answer
from tests.unit.flows import Flows, output
from tests.unit.spec.doubles import Phone, Ring

EVERY_HOUR = "0 0 * * * ?"


class Safe(Connection):
    """Opens by a secret."""

    type = "safe"
    key: Secret = field(Record(Secret), "What opens it.", default=REQUIRED)

    async def connect(self, opening: Opening) -> Client:
        return Inside(opening.secret(self.key))


class Letter(Connection):
    """What a file says, and the file that it names."""

    type = "letter"
    text: str = field(Module((".xml",)), "The file.", default=REQUIRED)

    async def connect(self, opening: Opening) -> Client:
        text = (opening.file(self.text) or b"").decode()
        return Inside((opening.file(text) or b"nothing").decode())


class Inside(Client):
    def __init__(self, content: str) -> None:
        self.content = content

    async def check(self) -> None:
        """It is always there."""

    async def close(self) -> None:
        self.content = "closed"


class Look(ProducingStep):
    """Looks into a safe."""

    type = "look"
    connection: str = field(Module((".connection",)), "Which one.", default=REQUIRED)

    def compile(self, compiler: Compiler) -> Compiled:
        link = compiler.connection(self.connection, (Safe, Letter), self.place_of("connection"))
        store = self.store()

        async def look(exchange: Exchange) -> None:
            async with link.use() as client:
                store(exchange, client.content)

        return look


@pytest.fixture
def values() -> dict[str, str]:
    return {"pin": "gold"}


@pytest.fixture
def agent(flows: Flows, values: dict[str, str]) -> Agent:
    steps = Catalogue([*catalogue(), Look], [Safe, Letter, Phone], [Ring])
    return Agent(FolderSource(flows.folder), steps, scripts=ScriptLoader(), read_secret=values.get)


async def body(agent: Agent, path: str = "p/a.flow") -> Any:
    exchange = agent.flows[path].exchange(Request())
    pending = agent.flows[path].run(exchange, lambda exchange: exchange.body)
    if pending is not None:
        await pending
    return exchange.answer


def problems(agent: Agent) -> list[str]:
    return [each.message for artefact in agent.artefacts for each in artefact.problems]


async def run(agent: Agent, kind: type[Job] | type[Listener]) -> list[str]:
    texts = []
    for activity in agent.activities(kind):  # type: ignore[type-var]
        exchange = activity.pipeline.exchange(Request())
        pending = activity.pipeline.run(exchange, make_answer)
        if pending is not None:
            await pending
        content = exchange.answer.body
        texts.append(content if isinstance(content, str) else content.decode())
    return texts


async def test_jobs_and_listeners_run_steps_flows_and_scripts(flows: Flows, agent: Agent) -> None:
    flows.write(
        "p/a.job", {"expression": EVERY_HOUR, "steps": [output("in place ${properties.n}")], "parameters": {"n": 1}}
    )
    flows.write("p/b.job", {"expression": EVERY_HOUR, "type": "flow", "module": "/p/f.flow"})
    flows.write("p/c.job", {"expression": EVERY_HOUR, "type": "python", "module": "/p/s.py"})
    flows.write("p/d.job", {"expression": EVERY_HOUR, "type": "javascript", "module": "/p/s.js"})
    flows.write("p/e.listener", {"trigger": "ring", "params": {"line": "a"}, "type": "flow", "module": "/p/f.flow"})
    flows.write("p/f.flow", {"steps": [output("another flow")]})
    flows.write("p/s.py", "def service(exchange):\n    exchange.response.write('python')\n")
    flows.write("p/s.js", "require('net/http/response').print('javascript')")
    agent.load()
    assert problems(agent) == []
    assert await run(agent, Job) == ["in place 1", "another flow", "python", "javascript"]
    assert await run(agent, Listener) == ["another flow"]
    # They have no address, and no flow calls them.
    assert set(agent.flows) == set(agent.registry.flows) == {"p/f.flow"}


def test_what_a_flow_of_a_job_has() -> None:
    job = Job(name="nightly", expression=EVERY_HOUR, type="flow", module="p/f.flow", timeout=5.0, log="full")
    flow = flow_of(job)
    assert (flow.name, flow.timeout, flow.log, flow.steps[0].path) == ("nightly", 5.0, "full", "1")


async def test_a_change_is_told_to_whoever_starts_them(flows: Flows, agent: Agent) -> None:
    told: list[list[str]] = []
    agent.on_switch.append(lambda: told.append([each.name for each in agent.activities(Job)]))
    flows.write("p/a.job", {"expression": EVERY_HOUR, "steps": [output("a")]})
    agent.load()
    (before,) = agent.activities(Job)
    flows.write("p/b.job", {"expression": EVERY_HOUR, "steps": [output("b")]})
    agent.load()
    assert told == [["p/a.job"], ["p/a.job", "p/b.job"]]
    assert agent.activities(Job)[0].model is before.model


async def test_a_flow_uses_a_connection_by_its_path(flows: Flows, agent: Agent, values: dict[str, str]) -> None:
    flows.write("p/a.flow", {"steps": [{"type": "look", "connection": "/p/s.connection"}]})
    flows.write("p/s.connection", {"type": "safe", "key": {"secret": "pin"}})
    agent.load()
    assert (problems(agent), await body(agent)) == ([], "gold")
    # Another value of the secret opens it anew.
    values["pin"] = "silver"
    agent.switch(agent.prepare(agent.served, secrets=frozenset(("pin",))))
    assert await body(agent) == "silver"
    # Another file, too.
    values["other"] = "coal"
    flows.write("p/s.connection", {"type": "safe", "key": {"secret": "other"}})
    agent.load()
    assert await body(agent) == "coal"
    flows.write("p/s.connection", {"type": "safe", "key": {"secret": "absent"}})
    agent.load()
    with pytest.raises(FlowError, match="there is no secret 'absent': airdock secrets set absent"):
        await body(agent)
    await agent.runtime.links.close()


async def test_a_connection_that_is_not_there_or_of_another_type_refuses_the_flow(flows: Flows, agent: Agent) -> None:
    flows.write("p/a.flow", {"steps": [{"type": "look", "connection": "/p/saef.connection"}]})
    flows.write("p/safe.connection", {"type": "safe", "key": {"secret": "pin"}})
    flows.write("p/b.flow", {"steps": [{"type": "look", "connection": "/p/line.connection"}]})
    flows.write("p/line.connection", {"type": "phone", "number": "555"})
    agent.load()
    assert problems(agent) == [
        "there is no connection 'p/saef.connection'",
        "'p/line.connection' is a `phone` connection; `safe` or `letter` is needed here",
    ]
    flows.write("p/saef.connection", {"type": "safe", "key": {"secret": "pin"}})
    flows.write("p/line.connection", {"type": "safe", "key": {"secret": "pin"}})
    agent.load()
    assert (problems(agent), await body(agent), await body(agent, "p/b.flow")) == ([], "gold", "gold")
    await agent.runtime.links.close()


async def test_a_broken_connection_goes_on_as_it_was(flows: Flows, agent: Agent) -> None:
    flows.write("p/a.flow", {"steps": [{"type": "look", "connection": "/p/s.connection"}]})
    flows.write("p/s.connection", {"type": "safe", "key": {"secret": "pin"}})
    agent.load()
    flows.write("p/s.connection", {"type": "safe", "keys": {"secret": "pin"}})
    agent.load()
    assert (problems(agent), await body(agent)) == (["the `safe` connection has no field 'keys'"], "gold")
    await agent.runtime.links.close()


async def test_a_file_that_a_connection_read_opens_it_anew_when_it_changes(flows: Flows, agent: Agent) -> None:
    flows.write("p/a.flow", {"steps": [{"type": "look", "connection": "/p/l.connection"}]})
    flows.write("p/l.connection", {"type": "letter", "text": "/p/l.xml"})
    flows.write("p/l.xml", "p/other.xml")
    agent.load()
    assert await body(agent) == "nothing"
    # That file, which it names itself, and one that only reading it leads to.
    for path, text, found in (
        ("p/other.xml", "one", "one"),
        ("p/other.xml", "two!", "two!"),
        ("p/l.xml", "p/third.xml", "nothing"),
    ):
        flows.write(path, text)
        agent.load()
        assert await body(agent) == found
    await agent.runtime.links.close()
