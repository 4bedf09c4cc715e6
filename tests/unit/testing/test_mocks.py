"""What stands in for flows, scripts, steps and connections."""

from typing import Any

import pytest

from airdock.agent.source import FolderSource
from airdock.errors import DescriptorError
from airdock.exchange import Exchange
from airdock.spec.catalogue import Catalogue
from airdock.spec.fields import field
from airdock.spec.kinds import TEXT_TEMPLATE, Text
from airdock.spec.step import Compiled, Compiler, Outside, ProducingStep
from airdock.steps.output import Output
from airdock.testing import CaseResult, FlowClient
from airdock.testing.runner.runner import Runner
from tests.unit.flows import Flows, output
from tests.unit.testing.runner.conftest import Run, messages, run

__all__ = ["run"]

CALL = {"type": "flow", "name": "call", "module": "/p/other.flow"}
SCRIPT = {"type": "python", "name": "ask", "module": "/p/x.py", "result": "found"}
SHOW = {"type": "respond", "body": {"body": "${body}", "p": "${properties.p}", "h": "${headers.h}"}}


FAILING = "from airdock import FlowError\n\ndef service(exchange):\n    raise FlowError('really.called', '')\n"


def write_other(flows: Flows) -> None:
    flows.write("p/other.flow", {"steps": [{"type": "throw", "code": "really.called"}]})
    flows.write(
        "p/x.py", "from airdock import FlowError\n\ndef service(exchange):\n    raise FlowError('really.called', '')\n"
    )


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ({"body": {"n": "${body.n + 1}"}}, {"body": {"n": 2}}),
        ({"properties": {"p": "${body.n}"}}, {"body": {"n": 1}, "p": 1}),
        ({"headers": {"H": "x"}}, {"body": {"n": 1}, "h": "x"}),
        ({}, {"body": {"n": 1}}),
    ],
)
def test_replies_of_a_flow(run: Run, flows: Flows, reply: dict[str, Any], answer: dict[str, Any]) -> None:
    write_other(flows)
    case = {"send": {"json": {"n": 1}}, "mocks": [{"flow": "/p/other.flow", "reply": reply}]}
    assert messages(run([CALL, SHOW], {**case, "expect": {"jsonLike": answer}})) == []


def test_what_a_flow_writes_to_the_answer(run: Run, flows: Flows) -> None:
    write_other(flows)
    mocks = [{"flow": "/p/other.flow", "reply": {"output": {"a": 1}, "status": 202}}]
    assert messages(run([CALL, output("!")], {"mocks": mocks, "expect": {"status": 202, "text": '{"a":1}!'}})) == []


def test_errors_delays_and_the_replies_one_after_another(run: Run, flows: Flows) -> None:
    write_other(flows)
    replies = [
        {"error": {"code": "a.busy", "message": "not ${body.n}", "details": {"status": 503}}},
        {"delay": "2s", "error": {"code": "connector.http.status", "details": {"status": 503}}},
        {"delay": "1s", "body": 3},
    ]
    call = {**CALL, "retry": {"attempts": 5, "delay": "10s", "on": ["a.busy", "http.5xx"]}}
    case = {"send": {"json": {"n": 1}}, "mocks": [{"flow": "/p/other.flow", "replies": replies}]}
    calls = [{"flow": "/p/other.flow", "times": 3}]
    expect = {
        "took": "23s",
        "body": 3,
        "calls": calls,
        "that": "$join(calls.error, ' ') = 'a.busy connector.http.status '",
    }
    assert messages(run([call], {**case, "expect": expect})) == []
    case["mocks"] = [{"flow": "/p/other.flow", "replies": replies[:1]}]
    error = {"code": "a.busy", "message": "not 1"}
    assert (
        messages(run([call], {**case, "expect": {"error": error, "calls": [{"flow": "/p/other.flow", "times": 5}]}}))
        == []
    )


def test_conditions_and_the_real_one(run: Run, flows: Flows) -> None:
    write_other(flows)
    mocks = [{"flow": "/p/other.flow", "when": "body.n = 1", "reply": {"body": "one"}}]
    file = [{"flow": "/p/other.flow", "when": "body.n = 2", "reply": {"real": True}}]
    case = {"send": {"json": {"n": 1}}, "mocks": mocks, "expect": {"body": "one"}}
    assert messages(run([CALL], case, mocks=file)) == []
    case = {"send": {"json": {"n": 2}}, "mocks": mocks, "expect": {"error": {"code": "really.called"}}}
    assert messages(run([CALL], case, mocks=file)) == []
    case = {"send": {"json": {"n": 3}}, "mocks": mocks, "expect": {"error": {"code": "test.unexpectedCall"}}}
    assert messages(run([CALL], case, mocks=file)) == []


def test_a_flow_that_is_called_is_mocked_and_the_same_one_tested_is_not(run: Run, flows: Flows) -> None:
    mocks = [{"flow": "/p/f.flow", "reply": {"body": "mocked"}}]
    steps = [{"type": "flow", "module": "/p/f.flow"}, output("${body}")]
    assert messages(run(steps, {"mocks": mocks, "expect": {"text": "mocked"}})) == []


def test_scripts(run: Run, flows: Flows) -> None:
    write_other(flows)
    show = output("${properties.found}")
    for mock in ({"script": "/p/x.py"}, {"script": "/p/x.py", "function": "service"}):
        case = {"mocks": [{**mock, "reply": {"body": 5}}], "expect": {"text": "5", "calls": [{"script": "/p/x.py"}]}}
        assert messages(run([SCRIPT, show], case)) == []
    case = {"mocks": [{"script": "/p/x.py", "function": "other"}], "expect": {"error": {"code": "really.called"}}}
    assert messages(run([SCRIPT], case)) == []


def test_steps_by_name_and_path(run: Run, flows: Flows) -> None:
    write_other(flows)
    steps = [{"type": "flow", "name": "in", "flow": {"steps": [SCRIPT]}}, output("${properties.found}")]
    for named in ("ask", "in.ask"):
        mocks = [{"step": named, "in": "/p/f.flow", "reply": {"body": 5}}]
        expect = {"text": "5", "calls": [{"step": named, "times": 1, "input": {"module": "p/x.py"}}]}
        assert messages(run(steps, {"mocks": mocks, "expect": expect})) == []


def test_flows_and_scripts_of_projects_that_are_not_there(run: Run, flows: Flows) -> None:
    steps = [
        {"type": "flow", "module": "/else/a.flow"},
        {"type": "python", "module": "/else/a.py", "function": "any"},
        {"type": "javascript", "module": "/else/a.js", "result": "p"},
        output("${body} ${properties.p}"),
    ]
    mocks = [
        {"flow": "/else/a.flow", "reply": {"body": "a"}},
        {"script": "/else/a.py", "reply": {"body": "${body & 'b'}"}},
        {"script": "/else/a.js", "reply": {"body": "c"}},
    ]
    assert messages(run(steps, {"mocks": mocks, "expect": {"text": "ab c"}})) == []


class Fetch(ProducingStep):
    """Reaches something outside."""

    type = "fetch"
    group = "connectors"

    connection: str = field(Text(), "The connection.", default="")
    url: Any = field(TEXT_TEMPLATE, "The address.")

    @property
    def reaches(self) -> Outside:
        return Outside(self.connection, self.url.text if self.url is not None else None)

    def compile(self, compiler: Compiler) -> Compiled:
        def fetch(exchange: Exchange) -> None:
            exchange.body = "really fetched"

        return fetch


@pytest.mark.parametrize(
    ("mock", "answer"),
    [
        ({"connection": "crm"}, "mocked"),
        ({"connection": "other"}, "really fetched"),
        ({"address": "https://a/*"}, "mocked"),
        ({"address": "https://b/*"}, "really fetched"),
    ],
)
def test_connections_by_name_and_address(flows: Flows, mock: dict[str, str], answer: str) -> None:
    step = {"type": "fetch", "connection": "crm", "url": "https://a/${request.query.id}"}
    flows.write("p/f.flow", {"steps": [step, output("${body}")]})
    calls = [{**mock, "times": 1, "input": {"url": "https://a/7"}}] if answer == "mocked" else []
    case = {"name": "it", "send": {"query": {"id": 7}}, "mocks": [{**mock, "reply": {"body": "mocked"}}]}
    flows.write("p/f.test.json", {"cases": [{**case, "expect": {"text": answer, "calls": calls}}]})
    source = FolderSource(flows.folder)
    [result] = Runner(source, flows.folder.joinpath, steps=Catalogue((Fetch, Output))).run().cases
    assert isinstance(result, CaseResult)
    assert messages(result) == []


async def test_in_a_client(flows: Flows) -> None:
    write_other(flows)
    flows.write("p/f.flow", {"steps": [CALL, output("${body.price}")]})
    client = FlowClient(flows.folder, mocks=[{"flow": "/p/other.flow", "reply": {"body": {"price": 4.5}}}])
    assert (await client.post("p/f.flow", json={"n": 1})).text == "4.5"
    [call] = client.calls
    assert (call.kind, call.name, call.body) == ("flow", "p/other.flow", {"n": 1})


def test_a_mock_in_python_is_checked_as_one_in_a_file(flows: Flows) -> None:
    with pytest.raises(DescriptorError, match="did you mean 'reply'"):
        FlowClient(flows.folder, mocks=[{"flow": "/p/other.flow", "replay": {}}])


async def test_without_mocks_no_calls_are_noted(flows: Flows) -> None:
    flows.write("p/other.flow", {"steps": []})
    flows.write("p/f.flow", {"steps": [CALL]})
    client = FlowClient(flows.folder)
    assert (await client.get("p/f.flow")).status == 200
    assert client.calls == []
