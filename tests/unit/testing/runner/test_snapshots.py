"""Answers that are compared with what was written down."""

import json
from typing import Any

import pytest

from airdock.testing import CaseResult, run_tests
from tests.unit.flows import Flows, output
from tests.unit.testing.runner.conftest import messages

FILE = "p/__snapshots__/f.test.snap"


@pytest.fixture
def shop(flows: Flows) -> Flows:
    write(flows, {"type": "respond", "body": {"n": 1}}, [{"name": "a", "expect": {"snapshot": True}}])
    return flows


def write(flows: Flows, step: dict[str, Any], cases: list[dict[str, Any]]) -> None:
    flows.write("p/f.flow", {"steps": [step]})
    flows.write("p/f.test.yaml", json.dumps({"cases": cases}))


def run(flows: Flows, **options: Any) -> list[CaseResult]:
    return run_tests(flows.folder, **options).cases


def test_a_snapshot_is_written_when_asked_for_and_then_compared(shop: Flows) -> None:
    assert messages(run(shop)[0]) == ["there is no snapshot yet: `airdock test --update-snapshots` writes it down"]
    assert not (shop.folder / FILE).exists()
    assert messages(run(shop, update_snapshots=True)[0]) == []
    kept = json.loads((shop.folder / FILE).read_text())
    assert kept == {"a": {"status": 200, "contentType": "application/json", "json": {"n": 1}}}
    assert messages(run(shop)[0]) == []


def test_an_answer_that_differs(shop: Flows) -> None:
    run(shop, update_snapshots=True)
    shop.write("p/f.flow", {"steps": [output("text")]})
    [result] = run(shop)
    assert messages(result) == [
        "the answer is not that of the snapshot: `airdock test --update-snapshots` writes it down"
    ]
    assert '+   "text": "text"' in result.failures[0].difference
    assert result.failures[0].place.path == "$.cases[0].expect.snapshot"
    assert messages(run(shop, update_snapshots=True)[0]) == []
    assert messages(run(shop)[0]) == []


def test_snapshots_that_no_test_uses_go(shop: Flows) -> None:
    run(shop, update_snapshots=True)
    cases = [{"name": name, "send": [{"expect": {"snapshot": True}}, {}]} for name in ("b", "c")]
    write(shop, output("x"), cases)
    run(shop, update_snapshots=True, filter="c")
    assert list(json.loads((shop.folder / FILE).read_text())) == ["a", "c (1)"]
    run(shop, update_snapshots=True)
    assert list(json.loads((shop.folder / FILE).read_text())) == ["b (1)", "c (1)"]
    write(shop, output("x"), [{"name": "b"}])
    run(shop, update_snapshots=True)
    assert not (shop.folder / FILE).exists()


def test_a_snapshot_that_cannot_be_read(shop: Flows) -> None:
    shop.write(FILE, "[")
    assert "cannot be read" in messages(run(shop)[0])[0]
