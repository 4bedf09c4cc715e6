"""What lint finds in a space: the registry, or a sandbox over it."""

import logging
from typing import Any

import pytest

from airdock.agent import linting
from airdock.agent.agent import Agent
from airdock.agent.linting import lint_space
from airdock.lint import Choice
from tests.unit.agent.sources import Projects, agent_of
from tests.unit.flows import output

READS = output("${properties.total}")


def flow(*steps: Any, **rest: Any) -> dict[str, Any]:
    return {"steps": list(steps), **rest}


def calls(path: str) -> dict[str, Any]:
    return {"type": "flow", "module": path}


@pytest.fixture
def source() -> Projects:
    return Projects()


def loaded(source: Projects) -> Agent:
    agent = agent_of(source)
    agent.load()
    return agent


def test_one_project_of_a_registry(source: Projects) -> None:
    source.publish("p", {"a.flow": flow(READS)})
    source.publish("q", {"b.flow": flow(READS)})
    registry = loaded(source).registry
    assert [each.place.file for each in lint_space(registry)] == ["p/a.flow", "q/b.flow"]
    assert [each.place.file for each in lint_space(registry, project="q")] == ["q/b.flow"]
    assert lint_space(registry, choice=Choice(ignore=["lint.propertyNeverSet"])) == []


def test_callers_of_other_projects_are_known(source: Projects) -> None:
    source.publish("p", {"a.flow": flow(READS)})
    source.publish("q", {"b.flow": flow(calls("/p/a.flow"), properties={"total": 1})})
    assert lint_space(loaded(source).registry) == []


def test_a_sandbox_sees_the_registry_beneath_it(source: Projects) -> None:
    source.publish("q", {"b.flow": flow(output("x"), properties={"total": 1})})
    source.activate("ann", "p", {"a.flow": flow(READS, calls("/q/b.flow"))})
    agent = loaded(source)
    assert lint_space(agent.sandbox_spaces["ann"], agent.registry) == []
    # What the own project hides is not there.
    source.activate("ann", "q", {"b.flow": flow(output("x"))})
    agent.load()
    told = lint_space(agent.sandbox_spaces["ann"], agent.registry)
    assert [each.place.file for each in told] == ["p/a.flow"]


def test_a_descriptor_that_is_refused_is_not_looked_at(source: Projects) -> None:
    source.publish("p", {"a.flow": flow({"type": "try", "steps": []}, calls("/p/none.flow")), "unused.js": ""})
    assert lint_space(loaded(source).registry) == []


def test_a_fault_of_lint_disturbs_nobody(
    source: Projects, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    source.publish("p", {"a.flow": flow(READS)})
    registry = loaded(source).registry

    def broken(*_: object) -> None:
        raise ValueError("a fault")

    monkeypatch.setattr(linting, "lint", broken)
    with caplog.at_level(logging.ERROR):
        assert lint_space(registry) == []
    assert "lint of the registry failed" in caplog.text
