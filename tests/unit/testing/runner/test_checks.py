"""What is to come of a message, and how a test fails that expects otherwise."""

from typing import Any

import pytest

from tests.unit.flows import Flows, output
from tests.unit.testing.runner.conftest import Run, messages

ANSWER = [
    {"type": "respond", "status": 201, "headers": {"X-A": "1"}, "body": {"id": 7, "tags": ["a", "b"], "ok": True}}
]
STEPS = [
    {"type": "set", "name": "first", "properties": {"n": 1}, "body": {"a": 1}},
    {"type": "try", "name": "care", "steps": [{"type": "throw", "name": "bad", "code": "a.b", "message": "so it is"}],
     "catch": [{"on": ["a.*"], "steps": [{"type": "log", "name": "told", "message": "failed ${error.code}"}]}]},
    {"type": "log", "when": "false", "message": "never"},
    output("done", name="last"),
]  # fmt: skip


@pytest.mark.parametrize(
    "expect",
    [
        {"status": 201},
        {"status": "201"},
        {"headers": {"x-a": "1", "X-None": None}},
        {"json": {"id": 7, "tags": ["a", "b"], "ok": True}},
        {"jsonLike": {"tags": ["a", "b"]}},
        {"textContains": '"id":7'},
        {"textContains": ['"id"', "tags"]},
        {"that": "json.id = 7 and $count(json.tags) = 2"},
        {"that": ["status = 201", "headers.`x-a` = '1'"]},
        {},
    ],
)
def test_answers_as_expected(run: Run, expect: dict[str, Any]) -> None:
    assert messages(run(ANSWER, {"expect": expect})) == []


@pytest.mark.parametrize(
    ("expect", "message", "difference"),
    [
        ({"status": 200}, "`status` differs", ["- 200", "+ 201"]),
        ({"headers": {"X-A": "2"}}, "the header X-A differs", ["- 2", "+ 1"]),
        ({"headers": {"X-A": None}}, "the header X-A differs", ["- null", "+ 1"]),
        ({"json": {"id": 7}}, "the answer's JSON differs", None),
        ({"jsonLike": {"ok": 1}}, "the answer's JSON differs", ["  {", '-   "ok": 1', '+   "ok": true', "  }"]),
        ({"jsonLike": {"tags": ["a"]}}, "the answer's JSON differs", None),
        ({"textContains": "tea"}, "the answer has no 'tea' in it", None),
        ({"that": "json.id > 7"}, "`json.id > 7` is false", None),
        ({"that": ["true", "json.none"]}, "`json.none` is null", None),
        ({"error": {"code": "a.b"}}, "the run was to fail, and ended well with 201", []),
        ({"took": "1s"}, "it took 0 s in the test's time, not 1 s", []),
    ],
)
def test_other_answers(run: Run, expect: dict[str, Any], message: str, difference: list[str] | None) -> None:
    result = run(ANSWER, {"expect": expect})
    assert messages(result) == [message]
    if difference is not None:
        assert result.failures[0].difference == difference


def test_texts_that_differ_in_a_line(run: Run) -> None:
    result = run([output("a\nb\nc\n")], {"expect": {"text": "a\nx\nc\n"}})
    assert result.failures[0].difference == ["  a", "- x", "+ b", "  c", "  "]


def test_an_answer_that_is_no_json(run: Run) -> None:
    assert messages(run([output("a")], {"expect": {"json": {}}})) == ["the answer is not JSON"]


@pytest.mark.parametrize(
    "expect",
    [
        {"body": {"a": 1}, "properties": {"n": 1, "none": None}},
        {"bodyLike": {"a": 1}},
        {"steps": ["first", "care", "care.bad", "care.catch1.told", "last"]},
        {"steps": ["first", "care", "bad", "told", "last"]},
        {"steps": {"inOrder": ["first", "told"], "contains": ["last", "bad"], "not": ["3"]}},
        {"failures": [{"code": "a.*", "step": "bad", "message": "it is"}]},
        {"log": ["failed a.b"]},
        {"log": {"contains": ["failed a.b"], "not": ["never"]}},
        {"that": "'first' in steps and log[0].message = 'failed a.b' and properties.n = 1"},
    ],
)
def test_what_went_on_inside(run: Run, expect: dict[str, Any]) -> None:
    assert messages(run(STEPS, {"expect": expect})) == []


@pytest.mark.parametrize(
    ("expect", "message"),
    [
        ({"body": {"a": 2}}, "the body differs"),
        ({"properties": {"n": 2}}, "the property 'n' differs"),
        ({"messageHeaders": {"x": "a"}}, "the header 'x' differs"),
        ({"steps": ["first", "last"]}, "other steps were taken"),
        ({"steps": {"contains": ["frist"]}}, "'frist' is not among the steps taken: did you mean 'first'?"),
        ({"steps": {"not": ["last"]}}, "'last' is among the steps taken"),
        ({"steps": {"inOrder": ["told", "first"]}}, "'first' comes earlier"),
        ({"steps": {"inOrder": ["first", "3"]}}, "'3' is not there"),
        ({"failures": []}, "other steps failed"),
        ({"failures": [{"code": "x"}]}, "other steps failed"),
        ({"log": []}, "other lines were logged"),
    ],
)
def test_otherwise_inside(run: Run, expect: dict[str, Any], message: str) -> None:
    assert messages(run(STEPS, {"expect": expect})) == [message]


def test_a_failure_has_the_place_of_the_expectation(run: Run) -> None:
    result = run([output("a")], {"expect": {"text": "b"}})
    assert (result.failures[0].place.file, result.failures[0].place.line) == ("p/f.test.json", 1)
    assert result.failures[0].place.path == "$.cases[0].expect.text"
    assert result.failures[0].text == "p/f.test.json:1:46: the answer's text differs\n  - b\n  + a"


def test_an_error_that_goes_outwards_is_one_failure(run: Run, flows: Flows) -> None:
    throw = {"type": "throw", "name": "bad", "code": "a.b"}
    flows.write("p/other.flow", {"steps": [throw]})
    call = {"type": "flow", "module": "/p/other.flow", "retry": {"attempts": 2, "delay": "1s"}}
    steps = [{"type": "try", "steps": [{"type": "flow", "flow": {"steps": [call]}}], "catch": [{"steps": [throw]}]}]
    case = {"expect": {"failures": [{"step": "bad"}] * 3, "error": {"code": "a.b"}}}
    assert messages(run(steps, case)) == []


THROW = [{"type": "throw", "name": "bad", "code": "a.b", "message": "so it is", "status": 409}]


def test_a_run_that_fails_where_nothing_is_said_of_it(run: Run) -> None:
    assert messages(run(THROW, {})) == ["the run failed at step bad with a.b: so it is"]
    assert messages(run(THROW, {"expect": {"steps": ["bad"]}})) == ["the run failed at step bad with a.b: so it is"]


@pytest.mark.parametrize(
    "expect", [{"status": 409}, {"error": {"code": "a.b", "step": "bad"}}, {"jsonLike": {"code": "a.b"}}]
)
def test_a_failure_that_is_expected(run: Run, expect: dict[str, Any]) -> None:
    assert messages(run(THROW, {"expect": expect})) == []


def test_another_failure_than_expected(run: Run) -> None:
    result = run(THROW, {"expect": {"error": {"code": "a.c", "step": "bad"}}})
    assert messages(result) == ["the run failed otherwise"]
    assert result.failures[0].difference == ["- a.c at step bad", "+ a.b at step bad: so it is"]


def test_no_flow_ran(run: Run) -> None:
    result = run([output()], {"send": {"path": "/none"}})
    assert messages(result) == ["no flow ran: the answer is 404"]
    assert messages(run([output()], {"send": {"path": "/none"}, "expect": {"body": 1}})) == [
        "no run ended, so there is no message to look at",
        "no flow ran: the answer is 404",
    ]


def test_an_expectation_that_cannot_be_told(run: Run) -> None:
    assert "cannot be told" in messages(run([output()], {"expect": {"that": "'a' + 1"}}))[0]
    assert "an expectation cannot be told" in messages(run([output()], {"expect": {"text": "${'a' + 1}"}}))[0]


TAP = {"type": "wireTap", "flow": {"steps": [{"type": "delay", "duration": "1h"}, {"type": "throw", "code": "a.b"}]}}


def test_runs_beside(run: Run) -> None:
    assert messages(run([TAP, TAP], {"expect": {"runs": 2, "runsFailed": ["a.*", "a.b"], "took": "0s"}})) == []
    assert messages(run([TAP], {"expect": {"runs": 0, "runsFailed": ["a.b"]}})) == ["there were 1 runs beside, not 0"]
    assert messages(run([TAP], {})) == ["a run beside failed"]
    assert messages(run([output()], {"expect": {"runsFailed": ["a.b"]}})) == ["runs beside failed otherwise"]


def test_calls(run: Run, flows: Flows) -> None:
    flows.write("p/other.flow", {"steps": [{"type": "set", "body": {"n": 5}}]})
    flows.write("p/x.py", "def service(exchange):\n    return 5\n")
    steps = [
        {"type": "set", "body": {"a": 1, "b": 2}, "properties": {"p": 1}, "headers": {"X-H": "h"}},
        {"type": "flow", "module": "/p/other.flow"},
        {"type": "flow", "module": "/p/other.flow"},
        {"type": "python", "module": "/p/x.py"},
        {"type": "log", "name": "note", "message": "${body}"},
    ]
    good: list[dict[str, Any]] = [
        {"flow": "/p/other.flow"},
        {"flow": "/p/other.flow", "times": 2},
        {"flow": "/p/other.flow", "times": 1, "body": {"a": 1}, "properties": {"p": 1}, "headers": {"x-h": "h"}},
        {"flow": "/p/other.flow", "that": "body.n = 5"},
        {"script": "/p/x.py", "function": "service", "times": 1},
        {"step": "note", "input": {"message": 5}},
        {"step": "note", "in": "/p/f.flow"},
    ]
    assert messages(run(steps, {"expect": {"calls": good}})) == []
    bad: list[tuple[dict[str, Any], str]] = [
        ({"flow": "/p/f.flow"}, "flow p/f.flow was not called"),
        ({"flow": "/p/other.flow", "times": 3}, "flow p/other.flow was called twice, not 3 times"),
        ({"flow": "/p/other.flow", "body": {"a": 2}}, "flow p/other.flow was called twice, never as expected"),
        ({"flow": "/p/other.flow", "times": 0, "body": {"a": 1}}, "flow p/other.flow was called once so, not never"),
        ({"script": "/p/x.py", "properties": {"p": 2}}, "script p/x.py was called once, never as expected"),
        ({"script": "/p/x.py", "that": "'a' + 1"}, "script p/x.py was called once, never as expected"),
    ]
    for call, message in bad:
        assert messages(run(steps, {"expect": {"calls": [call]}})) == [message]
