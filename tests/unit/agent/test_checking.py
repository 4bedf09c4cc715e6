"""What is found wrong with a project before it is activated or published."""

import json
import time
from typing import Any

import pytest

from airdock.agent.agent import Agent
from airdock.agent.checking import ProjectCheck, check_project, sandbox_of
from tests.unit.agent.sources import Projects, agent_of, call
from tests.unit.flows import output


def flow(*steps: Any, **rest: Any) -> dict[str, Any]:
    return {"steps": list(steps), **rest}


def calls(path: str) -> dict[str, Any]:
    return {"type": "flow", "module": path}


SCRIPT = {"type": "javascript", "module": "/lib/s.js"}


@pytest.fixture
def source() -> Projects:
    source = Projects()
    source.publish("p", {"a.flow": flow(output("a"))})
    source.publish("q", {"caller.flow": flow(calls("/p/a.flow"))})
    source.publish("lib", {"s.js": "exports.service = () => 1;"})
    source.publish("user", {"a.flow": flow(SCRIPT)})
    return source


@pytest.fixture
def agent(source: Projects) -> Agent:
    agent = agent_of(source)
    agent.load()
    return agent


def encoded(files: dict[str, Any]) -> dict[str, bytes]:
    return {
        path: (content if isinstance(content, str) else json.dumps(content)).encode() for path, content in files.items()
    }


def found(agent: Agent, project: str, files: dict[str, Any]) -> list[str]:
    return [str(problem) for problem in check_project(encoded(files), project, agent.registry).problems]


def test_a_good_project_has_no_problems(agent: Agent) -> None:
    before = agent.registry
    files = {"a.flow": flow(output("A")), "b.flow": flow(calls("/p/a.flow"), calls("/q/caller.flow"), SCRIPT)}
    assert found(agent, "p", files) == []
    assert found(agent, "new", {**files, "README.md": "text"}) == []
    assert agent.registry is before
    assert [each.state for each in agent.artefacts] == ["enabled"] * 3


@pytest.mark.parametrize(
    ("files", "part"),
    [
        ({"a.flow": "{"}, "p/a.flow:1:2: "),
        ({"a.flow": flow({"type": "outptu"})}, "did you mean 'output'?"),
        ({"a.flow": flow(output("a")), "b.flow": flow(calls("/none/x.flow"))}, "there is no flow 'none/x.flow'"),
        ({"a.flow": flow(output("a")), "IntegrationServices/a.flow": flow(output("b"))}, "are one address"),
        ({"a.flow": flow(output("a"), path="/x"), "b.flow": flow(output("b"), path="/x")}, "belongs to p/a.flow"),
        ({"a.flow": flow(output("a")), "c.flow": flow({"type": "python", "module": "/p/s.py"})}, "no module 'p/s.py'"),
        ({"a.flow": flow(output("a")), "s.flow": flow(SCRIPT), "x.job": {"module": "/p/y.js"}}, "expression"),
    ],
)
def test_everything_that_is_wrong_is_told(agent: Agent, files: dict[str, Any], part: str) -> None:
    assert any(part in problem for problem in found(agent, "p", files)), found(agent, "p", files)


def test_what_is_wrong_is_told_though_an_earlier_version_works(agent: Agent) -> None:
    assert len(found(agent, "p", {"a.flow": "{", "b.flow": "{"})) == 2


def test_flows_of_other_projects_that_would_break(agent: Agent) -> None:
    (problem,) = found(agent, "p", {"b.flow": flow(output("b"))})
    assert "q/caller.flow of the project q would fail: there is no flow 'p/a.flow'" in problem
    assert "q/caller.flow" in found(agent, "p", {})[0]
    (problem,) = found(agent, "lib", {"s.js": "exports.service = () => {"})
    assert "user/a.flow of the project user would fail" in problem
    assert found(agent, "lib", {"s.js": "exports.service = () => 2;"}) == []


async def test_a_check_changes_nothing_of_what_runs(source: Projects, agent: Agent) -> None:
    source.publish("p", {"s.js": "exports.service = () => 'old';", "a.flow": flow({**SCRIPT, "module": "/p/s.js"})})
    agent.load()
    files = {"s.js": "exports.service = () => 'new';", "a.flow": flow({**SCRIPT, "module": "/p/s.js"})}
    assert found(agent, "p", files) == []
    assert await call(agent, "p/a.flow") == "old"
    source.publish("p", files)
    agent.load()
    assert await call(agent, "p/a.flow") == "new"


def test_what_is_served_already_is_checked_too(source: Projects, agent: Agent) -> None:
    source.publish("bad", {"a.flow": flow(calls("/none/x.flow"))})
    agent.load()
    assert found(agent, "bad", {"a.flow": flow(calls("/none/x.flow"))})
    # What failed before is no fault of the one who publishes.
    assert found(agent, "p", {"a.flow": flow(output("A"))}) == []


def test_in_a_sandbox(source: Projects, agent: Agent) -> None:
    source.activate("ann", "own", {"x.flow": flow(output("x"))})
    agent.load()

    def problems(project: str, files: dict[str, Any], owner: str = "ann") -> list[str]:
        check = ProjectCheck(project, lambda: sandbox_of(owner, agent.sandbox_spaces, agent.registry))
        return [str(problem) for problem in check(encoded(files))]

    files = {"y.flow": flow(calls("/own/x.flow"), calls("/p/a.flow"), SCRIPT)}
    assert problems("mine", files) == []
    assert "own/x.flow" in problems("mine", files, "bob")[0]
    # One's own sandbox may be broken on the way.
    assert problems("own", {"z.flow": flow(output("z"))}) == []
    assert "p/a.flow" in problems("p", {"b.flow": flow(calls("/p/a.flow"))})[0]


def test_a_hundred_descriptors_take_well_below_a_second(source: Projects) -> None:
    for number in range(20):
        source.publish(f"other{number}", {f"f{n}.flow": flow(output(f"{n}")) for n in range(50)})
    agent = agent_of(source)
    agent.load()
    files = {f"f{n}.flow": flow(output(f"${{request.query.n{n}}}"), calls("/p/a.flow"), SCRIPT) for n in range(100)}
    began = time.perf_counter()
    assert found(agent, "big", files) == []
    print(f"checked in {time.perf_counter() - began:.3f} s")


def test_warnings_are_told_beside_the_problems(agent: Agent) -> None:
    check = ProjectCheck("p", lambda: (agent.registry, None))
    stopped = [{"type": "stop"}, output("a")]
    assert check(encoded({"a.flow": flow(*stopped), "unused.js": ""})) == []
    assert [(each.code, each.severity, each.place.file) for each in check.warnings] == [
        ("lint.unreachableStep", "warning", "p/a.flow")
    ]
    assert len(check(encoded({"a.flow": flow(*stopped), "b.flow": "{"}))) == 1
    assert len(check.warnings) == 1
    assert check(encoded({"a.flow": flow(output("a"))})) == []
    assert check.warnings == []


def test_only_the_project_itself_is_looked_at(source: Projects, agent: Agent) -> None:
    source.publish("other", {"a.flow": flow({"type": "stop"}, output("a"))})
    agent.load()
    assert check_project(encoded({"a.flow": flow(output("a"))}), "p", agent.registry).warnings == []
