"""Messages: what is sent, when, and by whom."""

from typing import Any

import pytest

from airdock.testing import run_tests
from tests.unit.flows import Flows, output
from tests.unit.testing.runner.conftest import Run, messages

ECHO = [
    {
        "type": "respond",
        "body": {
            "method": "${request.method}",
            "query": "${request.queryAll}",
            "body": "${body}",
            "type": "${request.headers.`content-type`}",
            "user": "${request.user}",
            "p": "${properties.p}",
        },
    }
]


@pytest.mark.parametrize(
    ("send", "answer"),
    [
        ({}, {"method": "GET"}),
        ({"json": {"a": [1]}}, {"method": "POST", "body": {"a": [1]}, "type": "application/json"}),
        ({"json": None}, {"method": "POST", "body": None}),
        ({"text": "a b"}, {"method": "POST", "body": "a b", "type": "text/plain; charset=utf-8"}),
        ({"text": "<a/>", "headers": {"Content-Type": "application/xml"}}, {"body": "<a/>", "type": "application/xml"}),
        ({"form": {"a": "1 2"}}, {"body": {"a": "1 2"}, "type": "application/x-www-form-urlencoded"}),
        ({"query": {"a": ["1", 2], "b": True, "c": None}}, {"query": {"a": ["1", "2"], "b": ["true"]}}),
        ({"query": "a=ä b&a=%20"}, {"query": {"a": ["ä b", " "]}}),
        ({"method": "PUT"}, {"method": "PUT"}),
        ({"user": {"name": "ann", "roles": ["sales"]}}, {"user": {"name": "ann", "roles": ["sales"]}}),
        ({"properties": {"p": {"deep": 1}}}, {"p": {"deep": 1}}),
    ],
)
def test_requests(run: Run, send: dict[str, Any], answer: dict[str, Any]) -> None:
    assert messages(run(ECHO, {"send": send, "expect": {"jsonLike": answer}})) == []


def test_properties_of_the_flow_come_later(run: Run) -> None:
    case = {"send": {"properties": {"a": 1, "b": 1}}, "expect": {"text": "2 1"}}
    flow = {"properties": {"a": 2}}
    assert messages(run([output("${properties.a} ${properties.b}")], case, flow=flow)) == []


def test_a_path_of_the_flow(run: Run) -> None:
    case = {"send": {"path": "/orders/7?a=b", "query": {"c": "d"}}, "expect": {"text": "7 b d"}}
    steps = [output("${request.params.id} ${request.query.a} ${request.query.c}")]
    assert messages(run(steps, case, flow={"path": "/orders/{id}", "methods": ["POST"]})) == []


def test_a_body_of_a_file(run: Run, flows: Flows) -> None:
    flows.write("p/data/a.json", '{"a": 1}')
    case = {"send": {"file": "data/a.json", "headers": {"Content-Type": "application/json"}}}
    assert messages(run([output("${body.a}")], {**case, "expect": {"text": "1"}})) == []


@pytest.mark.parametrize("name", ["none.json", "../../x.json", "${1 + 'a'}"])
def test_a_message_that_cannot_be_made(run: Run, flows: Flows, name: str) -> None:
    assert messages(run([output()], {"send": {"file": name}}))[0].startswith("the message cannot be made: ")


def test_roles(run: Run) -> None:
    flow = {"roles": ["sales"]}
    case = {"send": {"user": {"name": "ann", "roles": ["sales"]}}, "expect": {"text": "ann"}}
    assert messages(run([output("${request.user.name}")], case, flow=flow)) == []
    assert messages(run([output()], {"send": {"user": {"name": "joe"}}, "expect": {"status": 403}}, flow=flow)) == []
    assert messages(run([output()], {"expect": {"status": 401}}, flow=flow)) == []


def test_keys_and_signatures(run: Run) -> None:
    flow = {"apiKey": {"header": "X-Key", "secret": "keys"}}
    case = {"send": {"headers": {"X-Key": "5"}}, "expect": {"text": "ann"}}
    assert messages(run([output("${request.user.name}")], case, flow=flow, secrets={"keys": "ann:5"})) == []
    assert messages(run([output()], {"expect": {"status": 401}}, flow=flow)) == []
    flow = {"signature": {"scheme": "github", "secret": "hook"}}
    signed = {"send": {"json": {"a": 1}, "signed": True}, "expect": {"text": "1"}}
    assert messages(run([output("${body.a}")], signed, flow=flow, secrets={"hook": "s3"})) == []
    assert messages(run([output()], {"send": {"json": {}}, "expect": {"status": 401}}, flow=flow)) == []


def test_settings_of_the_project(run: Run, flows: Flows) -> None:
    flows.write("p/project.json", {"config": {"a": "1", "b": "1"}})
    steps = [output("${config.a} ${config.b}")]
    assert messages(run(steps, {"expect": {"text": "2 1"}}, config={"a": "2"})) == []


DELAY = {"type": "delay", "duration": "2s"}


def test_one_message_after_another_and_what_they_answered(run: Run) -> None:
    send = [
        {"query": {"n": 1}, "expect": {"text": "1", "took": "2s"}},
        {"query": {"n": "${answers[0].json + 1}"}, "expect": {"that": "at = 4 and $count(answers) = 2"}},
    ]
    assert messages(run([DELAY, output("${request.query.n}")], {"send": send, "expect": {"text": "2"}})) == []


def test_messages_at_their_times(run: Run) -> None:
    send = [
        {"at": "5s", "query": {"n": 2}, "expect": {"that": "at = 7"}},
        {"at": "4s", "query": {"n": 1}, "expect": {"that": "at = 6"}},
        {"query": {"n": 0}, "expect": {"that": "at = 2"}},
    ]
    steps = [DELAY, {"type": "log", "message": "${request.query.n}"}]
    assert messages(run(steps, {"send": send, "expect": {"log": ["0", "1", "2"]}})) == []


def test_what_comes_later_is_waited_for(run: Run) -> None:
    tap = {"type": "wireTap", "flow": {"steps": [DELAY, {"type": "log", "message": "late"}]}}
    assert messages(run([tap], {"wait": "1s", "expect": {"log": ["late"], "runs": 1}})) == []


def test_another_flow_of_the_same_test(run: Run, flows: Flows) -> None:
    flows.write("p/g.flow", {"steps": [output("g")]})
    assert messages(run([output("f")], {"send": [{}, {"flow": "/p/g.flow"}], "expect": {"text": "g"}})) == []


def test_what_never_ends_is_given_up(run: Run, monkeypatch: pytest.MonkeyPatch, flows: Flows) -> None:
    monkeypatch.setattr("airdock.testing.virtual.PATIENCE", 0.01)
    flows.write("p/x.py", "import asyncio\n\nasync def service(exchange):\n    await asyncio.Event().wait()\n")
    result = run([{"type": "python", "module": "/p/x.py"}], {})
    assert messages(result)[0] == "the test did not end: it waits for what never comes"
    assert result.failures[0].difference == ["+ called script p/x.py"]


def test_tests_share_nothing(flows: Flows) -> None:
    # A `wireTap` keeps in memory how many copies are under way.
    tap = {"type": "wireTap", "maxPending": 1, "whenFull": "reject", "flow": {"steps": [DELAY]}}
    flows.write("p/f.flow", {"steps": [tap]})
    send = [{}, {"expect": {"error": {"code": "wireTap.full"}}}]
    flows.write("p/f.test.json", {"cases": [{"name": name, "send": send} for name in ("a", "b")]})
    report = run_tests(flows.folder)
    assert report.passed, [messages(case) for case in report.cases]
