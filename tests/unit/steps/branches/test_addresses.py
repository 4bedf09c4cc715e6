from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.engine.flow import flows_among
from airdock.errors import FlowError
from airdock.exchange import Exchange, Run
from tests.unit.agent.sources import Projects, agent_of, call
from tests.unit.flows import Flows, output

CALL = {"type": "recipientList", "expression": "body.to"}
FLOWS = {
    "p/inner.flow": "own",
    "other/secret.flow": "other's",
    "root.flow": "of the root",
}
BAD = [
    "../other/secret.flow",
    "/p/../other/secret.flow",
    "/p/./inner.flow",
    "p//inner.flow",
    "//p/inner.flow",
    "/p/%2e%2e/other/secret.flow",
    "/p/..%2fother/secret.flow",
    "\\p\\inner.flow",
    "/p\\..\\other\\secret.flow",
    "/p/inner.flow\0",
    "/p/inner\0.flow",
    "/p/inner.flow\n",
    "~ann/p/inner.flow",
    "/~ann/p/inner.flow",
    "/etc/passwd",
    "http://example.com/x.flow?",
    "/p/inner.flow?x=1",
    "/p/inner.flow#x",
    "/p/inner",
    "/p/.flow/",
    "/p/" + "x" * 10_000 + ".flow",
    "/p/" * 10_000 + "x.flow",
]


def write(flows: Flows) -> None:
    for path, text in FLOWS.items():
        flows.write(path, {"steps": [output(text)]})


@pytest.mark.parametrize("path", ["/p/inner.flow", "p/inner.flow", " /p/inner.flow , "])
async def test_its_own_project(flows: Flows, path: str) -> None:
    write(flows)
    assert (await flows.run([CALL], method="POST", json={"to": path})).text == "own"


@pytest.mark.parametrize("path", ["/other/secret.flow", "other/secret.flow", "root.flow", "/root.flow"])
async def test_other_projects_are_closed(flows: Flows, path: str) -> None:
    write(flows)
    result = await flows.run([CALL], method="POST", json={"to": path})
    assert result.json()["code"] == "flow.notAllowed"


@pytest.mark.parametrize("allow", [["*"], ["/*"], ["/p/*", "/other/*", "~*"]])
@pytest.mark.parametrize("path", BAD)
async def test_what_is_no_path_leads_nowhere_whatever_is_allowed(flows: Flows, path: str, allow: list[str]) -> None:
    write(flows)
    steps = [{**CALL, "allow": allow}]
    result = await flows.run([{"type": "set", "body": {"to": [path]}}, *steps])
    assert result.json()["code"] == "flow.path", result.text


@pytest.mark.parametrize("value", [5, True, {"a": 1}, [None], [["/p/inner.flow"]], [{"path": "/p/inner.flow"}], [1]])
async def test_what_is_no_text(flows: Flows, value: Any) -> None:
    write(flows)
    result = await flows.run([{**CALL, "allow": ["*"]}], method="POST", json={"to": value})
    assert result.json()["code"] == "flow.path"


async def test_what_allow_takes_and_nothing_else(flows: Flows) -> None:
    write(flows)
    steps = [{**CALL, "allow": ["/other/*.flow"]}]
    assert (await flows.run(steps, method="POST", json={"to": "/other/secret.flow"})).text == "other's"
    assert (await flows.run(steps, method="POST", json={"to": "/p/inner.flow"})).json()["code"] == "flow.notAllowed"


async def test_nothing_runs_before_all_is_looked_up(flows: Flows) -> None:
    write(flows)
    catch = {"steps": [output("${error.code}")]}
    steps = [{"type": "try", "steps": [CALL], "catch": [catch]}]
    result = await flows.run(steps, method="POST", json={"to": "/p/inner.flow,/p/absent.flow"})
    assert result.text == "flow.missing"


async def test_what_is_invalid_may_be_passed_over(flows: Flows) -> None:
    write(flows)
    steps = [{**CALL, "ignoreInvalidEndpoints": True}]
    to = ["/p/absent.flow", None, "../x", "/other/secret.flow", "/p/inner.flow"]
    assert (await flows.run(steps, method="POST", json={"to": to})).text == "own"


async def test_an_error_inside_a_flow_is_not_passed_over(flows: Flows) -> None:
    flows.write("p/inner.flow", {"steps": [{**CALL, "expression": "'/p/absent.flow'"}]})
    result = await flows.run([{**CALL, "ignoreInvalidEndpoints": True}], method="POST", json={"to": "/p/inner.flow"})
    assert result.json()["code"] == "flow.missing"


@pytest.mark.parametrize("to", [["/p/inner.flow"] * 1001, ",".join(["/p/inner.flow"] * 5000)])
async def test_more_than_a_message_may_name(flows: Flows, to: Any) -> None:
    write(flows)
    result = await flows.run([CALL], method="POST", json={"to": to})
    assert result.json()["code"] == "flow.tooMany"


@pytest.mark.parametrize(
    ("delimiter", "to"), [(";", "/p/inner.flow;;/p/inner.flow;"), ("->", "/p/inner.flow -> p/inner.flow")]
)
async def test_another_delimiter(flows: Flows, delimiter: str, to: str) -> None:
    write(flows)
    steps = [{**CALL, "delimiter": delimiter}]
    assert (await flows.run(steps, method="POST", json={"to": to})).text == "ownown"


async def test_no_delimiter(flows: Flows) -> None:
    flows.write("p/a,b.flow", {"steps": [output("with a comma")]})
    steps = [{**CALL, "delimiter": False}]
    assert (await flows.run(steps, method="POST", json={"to": "/p/a,b.flow"})).text == "with a comma"


def test_true_is_no_delimiter(flows: Flows) -> None:
    assert "or false for none" in flows.problems([{**CALL, "delimiter": True}])[0]


@pytest.mark.parametrize("type_name", ["recipientList", "routingSlip", "dynamicRouter"])
async def test_a_sandbox_reaches_its_own_flows_and_published_ones_and_no_other_sandbox(type_name: str) -> None:
    source = Projects()
    agent = agent_of(source)

    def to(path: str) -> dict[str, Any]:
        once = f"slip.count > 0 ? [] : '{path}'" if type_name == "dynamicRouter" else f"'{path}'"
        catch = {"steps": [output("${error.code}")]}
        step = {"type": type_name, "expression": once, "allow": ["*"]}
        return {"steps": [{"type": "try", "steps": [step], "catch": [catch]}]}

    source.publish("q", {"x.flow": {"steps": [output("published q")]}})
    source.publish("p", {"x.flow": {"steps": [output("published p")]}, "only.flow": {"steps": [output("published")]}})
    paths = {"own": "/p/x.flow", "q": "/q/x.flow", "hidden": "/p/only.flow"}
    paths |= {"bob": "/~bob/p/x.flow", "b": "~bob/p/x.flow"}
    source.activate("bob", "p", {"x.flow": {"steps": [output("bob's")]}})
    source.activate(
        "ann",
        "p",
        {"x.flow": {"steps": [output("ann's")]}, **{f"{name}.flow": to(path) for name, path in paths.items()}},
    )
    agent.load()
    answers = {name: await call(agent, f"p/{name}.flow", "ann") for name in paths}
    assert answers == {
        "own": "ann's",
        "q": "published q",
        "hidden": "flow.missing",
        "bob": "flow.path",
        "b": "flow.path",
    }


@given(path=st.text() | st.text("./\\%~pab\0\n ", max_size=30).map(lambda text: text + ".flow"))
def test_only_what_is_written_as_a_path_is_found(path: str) -> None:
    def nothing(exchange: Exchange) -> None:
        """A flow."""

    find = flows_among(["*"], "p", lambda path: (path,))
    exchange = Exchange(Run("1", "p/f.flow"), flows={"~ann/p/a.flow": nothing, "p/a.flow": nothing})
    try:
        find(path, exchange)
        problem = ""
    except FlowError as error:
        problem = error.code
    assert problem in {"flow.path", "flow.missing"} or (problem == "" and path.removeprefix("/") == "p/a.flow")
