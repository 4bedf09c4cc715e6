from typing import Any

import pytest

from airdock.connectors.http.step import Http
from airdock.lint.rules.unsafe_retry import CODE
from airdock.spec.step import Step
from tests.unit.lint.finding import OUTPUT, SCRIPT, call, case, found

RETRY = {"retry": {"attempts": 3}}


class Publish(Step):
    """Sends a message on."""

    type = "announce"
    repeatable = False


def in_place(*steps: Any) -> dict[str, Any]:
    return {"type": "flow", "flow": {"steps": list(steps)}, **RETRY}


@pytest.mark.parametrize(
    "step",
    [
        in_place(OUTPUT, SCRIPT),
        in_place({"type": "filter", "expression": "body", "steps": [OUTPUT]}, SCRIPT),
        in_place({"type": "condition", "cases": [case("a", OUTPUT, SCRIPT)]}),
        {"type": "try", "steps": [{"type": "wireTap", "flow": {"steps": []}}, SCRIPT], **RETRY},
        in_place(call("b.flow"), SCRIPT),
        call("c.flow", **RETRY),
        {"type": "split", "expression": "body", "steps": [OUTPUT], **RETRY},
    ],
)
def test_what_was_done_is_done_again_when_a_later_step_fails(step: Any) -> None:
    others = {"b_flow": {"steps": [OUTPUT]}, "c_flow": {"steps": [call("b.flow"), SCRIPT]}}
    (told,) = found(CODE, [step], **others)
    assert told.startswith("$.steps[0].retry `retry` does the `")


def test_a_step_that_may_have_done_its_work_when_it_fails() -> None:
    assert found(CODE, [{"type": "announce", **RETRY}], Publish) == ["$.steps[0].retry `retry` may do `announce` twice"]


@pytest.mark.parametrize(
    "step",
    [
        {**OUTPUT, **RETRY},
        {**SCRIPT, **RETRY},
        in_place(SCRIPT, OUTPUT),
        in_place({"type": "condition", "cases": [case("a", OUTPUT), case("b", SCRIPT)]}),
        in_place({"type": "idempotent", "key": "body", "steps": [OUTPUT]}, SCRIPT),
        {"type": "idempotent", "key": "body", "steps": [OUTPUT, SCRIPT], **RETRY},
        {"type": "flow", "flow": {"steps": [OUTPUT, {**SCRIPT, **RETRY}]}},
    ],
)
def test_what_may_be_tried_again(step: Any) -> None:
    assert found(CODE, [step]) == []


def test_flows_that_call_each_other_are_looked_at_once() -> None:
    assert found(CODE, [call("b.flow", **RETRY)], b_flow={"steps": [call("a.flow"), SCRIPT]}) == []


@pytest.mark.parametrize(
    ("fields", "safe"),
    [
        ({}, True),
        ({"method": "PUT", "body": "x"}, True),
        ({"method": "POST", "body": "x"}, False),
        ({"method": "PATCH", "body": "x"}, False),
        ({"method": "POST", "body": "x", "headers": {"Idempotency-Key": "${body.id}"}}, True),
        ({"method": "POST", "body": "x", "headers": {"X-Key": "${body.id}"}}, False),
    ],
)
def test_a_call_of_a_service_by_its_method(fields: dict[str, Any], safe: bool) -> None:
    step = {"type": "http", "url": "https://a.example/x", **fields, **RETRY}
    assert found(CODE, [step]) == ([] if safe else ["$.steps[0].retry `retry` may do `http` twice"])


@pytest.mark.parametrize(("operation", "safe"), [("addPet", True), ("GET /pets", True), ("POST /pets", False)])
def test_an_operation_that_is_named_by_its_method(operation: str, safe: bool) -> None:
    assert Http(connection="p/a.connection", operation=operation).repeatable is safe
