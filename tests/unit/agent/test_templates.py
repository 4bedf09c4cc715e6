from pathlib import Path

from airdock.agent.agent import Agent
from airdock.agent.scripts import ScriptLoader
from airdock.agent.source import FolderSource
from airdock.agent.templates import Templates
from airdock.builtin import catalogue
from tests.unit.flows import Flows, output


def test_what_is_asked_for_is_noted() -> None:
    noted: list[str] = []
    templates = Templates({"p/t.template": b"{}"}.get, lambda path: f"shown {path}", note=noted.append)
    assert templates.content("p/t.template") == (b"{}", "shown p/t.template")
    assert templates.content("p/u.template") is None
    assert noted == ["p/t.template", "p/u.template"]


async def test_a_flow_follows_its_template(flows: Flows) -> None:
    flows.write("p/t.template", {"steps": [output("one")]})
    flows.write("p/IntegrationServices/f.flow", {"steps": [{"type": "template:/p/t"}]})
    client = flows.client()
    assert (await client.get("p/f.flow")).text == "one"
    flows.write("p/t.template", {"steps": [output("two!")]})
    changes = {change.path: change.what for change in client.agent.load()}
    assert changes["p/t.template"] == "changed"
    assert (await client.get("p/f.flow")).text == "two!"


def test_a_flow_whose_template_comes_later_is_enabled_then(flows: Flows, tmp_path: Path) -> None:
    flows.write("p/f.flow", {"steps": [{"type": "template:/p/t"}]})
    agent = Agent(FolderSource(tmp_path), catalogue(), scripts=ScriptLoader())
    agent.load()
    assert [each.state for each in agent.artefacts] == ["failed"]
    flows.write("p/t.template", {"steps": [output("one")]})
    agent.load()
    assert {each.path: each.state for each in agent.artefacts} == {"p/f.flow": "enabled", "p/t.template": "valid"}


async def test_retry_and_when_are_the_step_s_own(flows: Flows) -> None:
    flows.write("p/t.template", {"steps": [output("x"), {"type": "throw", "when": "request.query.a", "code": "a.b"}]})
    step = {"type": "template:/p/t", "when": "request.query.b", "retry": {"attempts": 2, "delay": "1ms"}}
    assert (await flows.run([step, output("end")])).text == "end"
    result = await flows.run([step], query="a=1&b=1")
    assert result.run is not None
    assert result.run.failed_steps == ["1.2", "1.2", "1"]
