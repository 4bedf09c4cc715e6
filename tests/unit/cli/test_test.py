"""`airdock test`: what it prints, and how it ends."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.unit.cli.program import Program
from tests.unit.flows import Flows, output

FLOW = """{
  "steps": [
    {"type": "condition", "name": "who", "cases": [
      {"key": "name", "value": "Joe", "flow": {"steps": [{"type": "output", "message": "Welcome Joe"}]}}
    ], "otherwise": {"steps": [{"type": "output", "message": "Who?"}]}}
  ]
}
"""
TEST = """cases:
  - name: Joe is welcome
    send: {query: {name: Joe}}
    expect:
      text: Welcome Joe
  - name: others are not
    send: {query: {name: Eva}}
    expect: {text: Who}
  - name: nobody
    skip: not decided
"""


@pytest.fixture
def shop(flows: Flows) -> Flows:
    flows.write("shop/hello.flow", FLOW)
    flows.write("shop/hello.test.yaml", TEST)
    return flows


def test_failures_have_place_difference_and_steps(airdock: Program, shop: Flows) -> None:
    ended = airdock("test")
    assert (ended.code, ended.err) == (1, "")
    lines = [line.partition(" ms")[0].partition(" µs")[0] for line in ended.out.splitlines()]
    assert lines[:10] == [
        "FAILED   shop/hello.test.yaml  3 tests, 1 skipped",
        "  FAILED   others are not",
        "    shop/hello.test.yaml:8:20: the answer's text differs",
        "        8 |     expect: {text: Who}",
        "          |                    ^",
        "      - Who",
        "      + Who?",
        "    Steps of shop/hello.flow:",
        *lines[8:10],
    ]
    assert lines[8].startswith("      ok       who")
    assert lines[9].startswith("      ok         who.otherwise.1  output")
    assert lines[-1].startswith("1 passed, 1 failed, 1 skipped in ")


def test_each_test_is_named_when_asked_for(airdock: Program, shop: Flows) -> None:
    ended = airdock("test", ".", "-v", "--filter", "Joe")
    assert ended.code == 0
    assert "ok       shop/hello.test.yaml  1 test\n  ok       Joe is welcome\n" in ended.out
    assert "  skipped  nobody: not decided\n" in airdock("test", ".", "-v").out


def test_coverage(airdock: Program, shop: Flows) -> None:
    ended = airdock("test", ".", "-k", "joe", "--coverage")
    assert ended.code == 0
    assert "shop/hello.flow    60 %           2/3             1/2               -\n" in ended.out
    assert "  shop/hello.flow:5:21: otherwise of condition who\n" in ended.out
    assert "60.0 % of all steps, cases and error branches\n" in ended.out


def test_a_coverage_that_is_too_low(airdock: Program, shop: Flows) -> None:
    assert airdock("test", ".", "-k", "joe", "--fail-under", "60").code == 0
    ended = airdock("test", ".", "-k", "joe", "--fail-under", "60.1", "--coverage-json", "coverage.json")
    assert ended.code == 1
    assert "60.0 % of all steps, cases and error branches, which is less than 60.1 %" in ended.out
    assert json.loads(Path("coverage.json").read_text())["percent"] == 60


def test_json(airdock: Program, shop: Flows) -> None:
    ended = airdock("test", ".", "--json", "--coverage")
    assert ended.code == 1
    document = ended.json()
    assert (document["passed"], document["failed"], document["skipped"]) == (1, 1, 1)
    [file] = document["files"]
    assert file["cases"][1]["failures"] == [
        {
            "file": "shop/hello.test.yaml",
            "line": 8,
            "column": 20,
            "path": "$.cases[1].expect.text",
            "message": "the answer's text differs",
            "difference": ["- Who", "+ Who?"],
        }
    ]
    assert document["coverage"]["percent"] == 100


def test_junit(airdock: Program, shop: Flows) -> None:
    airdock("test", ".", "--junit", "tests.xml")
    [suite] = ElementTree.parse("tests.xml").getroot()
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("3", "1", "1")


def test_a_file_that_cannot_be_written(airdock: Program, shop: Flows) -> None:
    ended = airdock("test", ".", "--junit", "none/tests.xml")
    assert (ended.code, ended.err) == (2, "airdock: none/tests.xml cannot be written: No such file or directory\n")


def test_tests_that_cannot_be_run(airdock: Program, shop: Flows) -> None:
    shop.write("shop/wrong.test.yaml", "flow: /shop/hello.flow\ncases: [{nam: x}]\n")
    ended = airdock("test")
    assert ended.code == 2
    assert "ERROR    shop/wrong.test.yaml: its tests cannot be run\n" in ended.out
    assert "  shop/wrong.test.yaml:2:10: `item 1 of `cases`` " in ended.out or "did you mean 'name'?" in ended.out
    assert "1 file cannot be run" in ended.out


def test_nothing_to_run(airdock: Program, shop: Flows) -> None:
    assert airdock("test", ".", "-k", "none") == (2, "", "airdock: no test of . has 'none' in its name\n")
    (shop.folder / "shop/hello.test.yaml").unlink()
    assert airdock("test") == (2, "", "airdock: there are no tests in .\n")
    assert airdock("test", "none").code == 2


def test_snapshots(airdock: Program, shop: Flows) -> None:
    shop.write("shop/hello.test.yaml", "cases: [{name: a, expect: {snapshot: true}}]\n")
    assert "`airdock test --update-snapshots` writes it down" in airdock("test").out
    assert airdock("test", ".", "--update-snapshots").code == 0
    assert airdock("test").code == 0


def test_check_looks_at_tests_too(airdock: Program, shop: Flows) -> None:
    shop.write("shop/none.test.yaml", "cases: [{name: a}]\n")
    ended = airdock("check")
    assert ended.code == 1
    assert "shop/none.test.yaml:1:1: there is no 'shop/none.flow' to test" in ended.out


def test_a_change_runs_them_again(airdock: Program, shop: Flows, monkeypatch: pytest.MonkeyPatch) -> None:
    def watch(folder: Path, **options: object) -> list[int]:
        shop.write("shop/hello.test.yaml", TEST.replace("Who}", "Who?}"))
        concerns = options["watch_filter"]
        assert callable(concerns)
        files = ("x.test.yaml", "x.csv", "x.py", "x.md", "__snapshots__/x.snap")
        assert [concerns(None, str(folder / "shop" / file)) for file in files] == [True, True, True, False, False]
        return [1]

    monkeypatch.setattr("watchfiles.watch", watch)
    ended = airdock("test", ".", "--watch")
    assert ended.code == 0
    assert [line[:20] for line in ended.out.splitlines() if "passed" in line] == [
        "1 passed, 1 failed, ",
        "2 passed, 1 skipped ",
    ]


def test_a_mistake_meanwhile_ends_nothing(airdock: Program, shop: Flows, monkeypatch: pytest.MonkeyPatch) -> None:
    def watch(folder: Path, **options: object) -> list[int]:
        shop.write("shop/hello.test.yaml", "cases:")
        return [1]

    monkeypatch.setattr("watchfiles.watch", watch)
    ended = airdock("test", ".", "--watch")
    assert "its tests cannot be run" in ended.out


def test_lines_of_the_log_are_for_tests_alone(airdock: Program, flows: Flows) -> None:
    flows.write("p/f.flow", {"steps": [{"type": "log", "message": "seen", "level": "debug"}, output()]})
    flows.write("p/f.test.json", {"cases": [{"name": "a", "expect": {"log": ["seen"]}}]})
    ended = airdock("test")
    assert (ended.code, ended.err) == (0, "")
