"""Flow tests that run before a project is sent."""

from pathlib import Path

import pytest

from airdock.client import transport
from tests.unit.cli.conftest import airdock
from tests.unit.cli.program import Program
from tests.unit.flows import Flows, output

__all__ = ["airdock"]

CASE = {"name": "rows", "rows": "rows.csv", "expect": {"text": "${row.text}"}}


@pytest.fixture(autouse=True)
def _no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRDOCK_SERVER", "http://127.0.0.1:1")
    monkeypatch.setattr(transport, "PAUSES", ())


@pytest.fixture
def shop(flows: Flows) -> Path:
    flows.write("work/order.flow", {"steps": [output()]})
    flows.write("work/order.test.json", {"flow": "/shop/order.flow", "cases": [CASE]})
    flows.write("work/rows.csv", "text\ndone\n")
    return flows.folder / "work"


@pytest.mark.parametrize("command", [["publish", "-m", "x"], ["activate"]])
def test_only_what_passes_is_sent(airdock: Program, shop: Path, command: list[str]) -> None:
    name, *options = command
    ended = airdock(name, shop, *options, "--project", "shop", "--test")
    assert ended.code == 1
    assert "1 tests passed\n" in ended.err
    assert "no server answers" in ended.err
    (shop / "rows.csv").write_text("text\nother\n")
    ended = airdock(name, shop, *options, "--project", "shop", "--test")
    assert (ended.code, ended.err) == (1, "airdock: nothing was sent, as not all tests passed\n")
    assert "the answer's text differs" in ended.out


def test_tests_that_cannot_be_run(airdock: Program, shop: Path) -> None:
    ended = airdock("activate", shop, "--test")
    assert ended.code == 2
    assert "'shop/order.flow'" in ended.out


def test_where_there_is_nothing_to_test(airdock: Program, shop: Path) -> None:
    assert (
        airdock("activate", "shop", "--test").err
        == "airdock: --test is for a folder: name the one that has the project\n"
    )
    (shop / "order.test.json").unlink()
    assert airdock("activate", shop, "--test").code == 2
