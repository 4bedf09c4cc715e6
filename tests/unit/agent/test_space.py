"""What is compiled anew when something changes, what goes on, and what each space sees of the others."""

from typing import Any

import pytest

from airdock.agent.agent import Agent
from airdock.agent.unit import Unit
from airdock.request import Request
from airdock.triggers.http.answer import make_answer
from tests.unit.agent.sources import Projects, agent_of, call
from tests.unit.flows import output

WAIT = {"type": "delay", "duration": "1ms"}
RELEASE = "${$string(run.release)}"


def flow(*steps: Any) -> dict[str, Any]:
    return {"steps": list(steps)}


def calls(path: str) -> dict[str, Any]:
    return {"type": "flow", "module": path}


def python(text: str) -> str:
    return f"async def service(exchange):\n    exchange.response.write({text!r})\n"


@pytest.fixture
def source() -> Projects:
    return Projects()


@pytest.fixture
def agent(source: Projects) -> Agent:
    return agent_of(source)


def unit(agent: Agent, path: str, user: str = "") -> Unit:
    return (agent.sandbox_spaces[user] if user else agent.registry).units[path]


async def test_a_run_ends_on_the_release_that_it_began_with(source: Projects, agent: Agent) -> None:
    outer = flow(WAIT, calls("/p/inner.flow"), calls("/q/other.flow"))
    source.publish("p", {"a.flow": outer, "inner.flow": flow(output(f"p {RELEASE} "))})
    source.publish("q", {"other.flow": flow(output("q one"))})
    agent.load()
    pipeline = unit(agent, "p/a.flow").pipeline
    assert pipeline is not None
    exchange = pipeline.exchange(Request())
    pending = pipeline.run(exchange, make_answer)
    source.publish("p", {"a.flow": outer, "inner.flow": flow(output(f"P {RELEASE} "))})
    source.publish("q", {"other.flow": flow(output("q two"))})
    agent.load()
    assert unit(agent, "p/a.flow").pipeline is pipeline
    assert pending is not None
    await pending
    assert exchange.answer.body == b"p 1 q one"
    assert await call(agent, "p/a.flow") == "P 2 q two"


async def test_only_what_changed_is_compiled_and_all_runs_name_the_new_release(source: Projects, agent: Agent) -> None:
    source.publish("p", {"a.flow": flow(output("a")), "b.flow": flow(output(RELEASE))})
    agent.load()
    a, b = unit(agent, "p/a.flow"), unit(agent, "p/b.flow")
    assert [each.release for each in agent.artefacts] == [1, 1]
    source.publish("p", {"a.flow": flow(output("A")), "b.flow": flow(output(RELEASE))})
    assert [(change.path, change.what) for change in agent.load()] == [("p/a.flow", "changed")]
    assert unit(agent, "p/a.flow") is not a
    assert unit(agent, "p/b.flow") is b
    assert [each.release for each in agent.artefacts] == [2, 2]
    assert await call(agent, "p/b.flow") == "2"


async def test_a_version_that_goes_on_says_its_own_release(source: Projects, agent: Agent) -> None:
    source.publish("p", {"a.flow": flow(output(RELEASE))})
    agent.load()
    for _ in range(2):
        source.publish("p", {"a.flow": flow({"type": "nonsense"})})
        agent.load()
        (artefact,) = agent.artefacts
        assert (artefact.state, artefact.serves, artefact.release) == ("failed", True, 1)
        assert await call(agent, "p/a.flow") == "1"
    source.publish("p", {"a.flow": flow(output(f"again {RELEASE}"))})
    agent.load()
    assert await call(agent, "p/a.flow") == "again 4"


async def test_a_changed_script_concerns_the_projects_that_use_it(source: Projects, agent: Agent) -> None:
    step = {"type": "javascript", "module": "/p/s.js"}
    source.publish("lib", {"words.js": "exports.word = 'one';"})
    source.publish("p", {"s.js": "exports.service = () => require('lib/words').word;", "a.flow": flow(step)})
    source.publish("q", {"s.py": python("q"), "a.flow": flow({"type": "python", "module": "/q/s.py"})})
    agent.load()
    p, q = unit(agent, "p/a.flow"), unit(agent, "q/a.flow")
    source.publish("lib", {"words.js": "exports.word = 'two';"})
    agent.load()
    assert unit(agent, "p/a.flow") is not p
    assert unit(agent, "q/a.flow") is q
    assert await call(agent, "p/a.flow") == "two"


@pytest.mark.parametrize("language", ["javascript", "python"])
async def test_a_module_that_a_run_loads_late_is_that_of_its_release(
    source: Projects, agent: Agent, language: str
) -> None:
    if language == "javascript":
        files = {
            "s.js": "exports.service = () => require(['.', 'late'].join('/')).word;",
            "late.js": "exports.word = 'one';",
        }
        step, late, later = {"type": "javascript", "module": "/p/s.js"}, "late.js", "exports.word = 'two';"
    else:
        files = {
            "s.py": "async def service(exchange):\n    from . import late\n    return late.word\n",
            "late.py": "word = 'one'",
        }
        step, late, later = {"type": "python", "module": "/p/s.py"}, "late.py", "word = 'two'"
    source.publish("p", {**files, "a.flow": flow(WAIT, step)})
    agent.load()
    pipeline = unit(agent, "p/a.flow").pipeline
    assert pipeline is not None
    exchange = pipeline.exchange(Request())
    pending = pipeline.run(exchange, make_answer)
    source.publish("p", {**files, late: later, "a.flow": flow(WAIT, step)})
    agent.load()
    assert pending is not None
    await pending
    assert exchange.answer.body == b"one"
    assert await call(agent, "p/a.flow") == "two"


async def test_a_sandbox_sees_the_registry_and_hides_its_own_projects(source: Projects, agent: Agent) -> None:
    both = flow(calls("/p/inner.flow"), output(" "), calls("/q/inner.flow"), output(" "), calls("/q/outer.flow"))
    source.publish("p", {"inner.flow": flow(output("public p"))})
    source.publish("q", {"inner.flow": flow(output("public q")), "outer.flow": flow(calls("/p/inner.flow"))})
    source.activate("ann", "p", {"inner.flow": flow(output("ann's p")), "all.flow": both})
    source.activate("bob", "r", {"all.flow": both})
    agent.load()
    assert await call(agent, "p/all.flow", "ann") == "ann's p public q public p"
    assert await call(agent, "r/all.flow", "bob") == "public p public q public p"
    assert await call(agent, "q/outer.flow") == "public p"
    assert "p/all.flow" not in agent.registry.units
    source.publish("p", {"inner.flow": flow(output("newer p"))})
    agent.load()
    assert await call(agent, "p/all.flow", "ann") == "ann's p public q newer p"
    assert await call(agent, "r/all.flow", "bob") == "newer p public q newer p"


async def test_what_a_sandbox_names_beneath_comes_and_goes(source: Projects, agent: Agent) -> None:
    source.activate("ann", "r", {"all.flow": flow(calls("/p/inner.flow"))})
    agent.load()
    assert unit(agent, "r/all.flow", "ann").artefact.state == "failed"
    source.publish("p", {"inner.flow": flow(output("public"))})
    agent.load()
    assert await call(agent, "r/all.flow", "ann") == "public"
    source.activate("ann", "p", {"inner.flow": flow(output("own"))})
    agent.load()
    assert await call(agent, "r/all.flow", "ann") == "own"
    source.activate("ann", "p", {"other.flow": flow(output("own"))})
    agent.load()
    assert unit(agent, "r/all.flow", "ann").artefact.state == "failed"
    source.sandboxes["ann"] = {"r": source.sandboxes["ann"]["r"]}
    agent.load()
    assert await call(agent, "r/all.flow", "ann") == "public"
    del source.sandboxes["ann"]
    agent.load()
    assert (dict(agent.sandbox_spaces), dict(agent.sandboxes)) == ({}, {})


async def test_scripts_of_a_sandbox_use_modules_of_the_registry(source: Projects, agent: Agent) -> None:
    step = {"type": "javascript", "module": "/own/s.js"}
    source.publish("lib", {"words.js": "exports.word = 'one';"})
    source.activate("ann", "own", {"s.js": "exports.service = () => require('lib/words').word;", "a.flow": flow(step)})
    source.publish(
        "spy", {"s.js": "exports.service = () => require('own/s');", "a.flow": flow({**step, "module": "/spy/s.js"})}
    )
    agent.load()
    assert await call(agent, "own/a.flow", "ann") == "one"
    assert unit(agent, "spy/a.flow").artefact.state == "failed"
    source.publish("lib", {"words.js": "exports.word = 'two';"})
    agent.load()
    assert await call(agent, "own/a.flow", "ann") == "two"
    source.activate("ann", "lib", {"words.js": "exports.word = 'mine';"})
    agent.load()
    assert await call(agent, "own/a.flow", "ann") == "mine"


def test_runs_of_a_sandbox_have_names_of_their_own(source: Projects, agent: Agent) -> None:
    source.activate("ann", "p", {"a.flow": flow(output("a"))})
    agent.load()
    pipeline = unit(agent, "p/a.flow", "ann").pipeline
    assert pipeline is not None
    run = pipeline.exchange(Request()).run
    assert (run.flow, run.project, run.release) == ("~ann/p/a.flow", "p", None)
    assert list(agent.sandboxes["ann"].literals) == ["/services/flow/p/a.flow"]


def test_nothing_is_done_when_nothing_differs(source: Projects, agent: Agent) -> None:
    source.publish("p", {"a.flow": flow(output("a"))})
    source.activate("ann", "p", {"a.flow": flow(output("a"))})
    agent.load()
    assert agent.prepare(source.snapshot()) is None


def test_routes_are_made_anew_only_for_what_changed_and_by_other_rules(source: Projects, agent: Agent) -> None:
    def routes() -> dict[str, object]:
        return {path.rpartition("/")[2]: route for path, route in agent.routes.literals.items()}

    files = {"a.flow": flow(output("a")), "b.flow": flow(output("b"))}
    source.publish("p", files)
    agent.load()
    first = routes()
    source.publish("p", {**files, "b.flow": flow(output("B"))})
    agent.load()
    second = routes()
    assert second["a.flow"] is first["a.flow"]
    assert second["b.flow"] is not first["b.flow"]
    source.publish("q", {"q.access": '[{"location": "/q", "roles": [{"role": "User"}]}]'})
    agent.load()
    third = routes()
    assert third["a.flow"] is not second["a.flow"]
    source.publish("r", {"c.flow": flow(output("c"))})
    agent.load()
    assert routes()["a.flow"] is third["a.flow"]
