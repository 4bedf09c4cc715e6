"""`airdock graph`."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.unit.cli.program import Program
from tests.unit.flows import Flows, output

ROUTED = {
    "methods": ["GET"],
    "steps": [
        {"type": "condition", "cases": [{"key": "name", "value": "Joe", "flow": {"steps": [output("Hi <Joe>")]}}]}
    ],
}


@pytest.fixture
def shop(flows: Flows) -> Flows:
    flows.write("shop/hello.flow", ROUTED)
    flows.write("shop/IntegrationServices/plain.flow.yaml", "steps: [{type: STOP}] # the end")
    flows.write("shop/wrong.flow", {"steps": [{"type": "outptu"}]})
    return flows


@pytest.mark.parametrize("flow", ["shop/hello.flow", "/services/flow/shop/hello.flow", "./shop/hello.flow"])
def test_mermaid(airdock: Program, shop: Flows, flow: str) -> None:
    ended = airdock("graph", flow)
    assert ended.code == 0
    assert ended.out.splitlines() == [
        "flowchart TD",
        '  start(["GET shop/hello.flow"])',
        '  n1{{"condition"}}',
        "  start --> n1",
        '  n2["output<br/>Hi #60;Joe#62;"]',
        '  n1 -->|"name = Joe"| n2',
        '  answer(["answer"])',
        "  n2 --> answer",
        '  n1 -->|"otherwise"| answer',
    ]


def test_svg_by_the_ending_of_the_file(airdock: Program, shop: Flows) -> None:
    assert airdock("graph", "shop/hello.flow", "-o", "hello.svg") == (0, "wrote hello.svg\n", "")
    root = ElementTree.parse("hello.svg").getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "Hi <Joe>" in "".join(root.itertext())


def test_svg_by_name(airdock: Program, shop: Flows) -> None:
    assert airdock("graph", "shop/hello.flow", "--format", "svg").out.startswith("<svg ")


def test_yaml_in_a_folder_of_its_type(airdock: Program, shop: Flows) -> None:
    for flow in ("shop/plain.flow", "shop/IntegrationServices/plain.flow.yaml"):
        assert '["stop"]' in airdock("graph", flow).out


def test_another_folder(airdock: Program, flows: Flows) -> None:
    flows.write("all/shop/hello.flow", ROUTED)
    assert "GET shop/hello.flow" in airdock("graph", "shop/hello.flow", "--dir", "all").out
    assert "GET shop/hello.flow" in airdock("graph", "all/shop/hello.flow", "--dir", "all").out


def test_a_flow_with_problems_shows_them(airdock: Program, shop: Flows) -> None:
    ended = airdock("graph", "shop/wrong.flow")
    assert ended.code == 1
    assert "shop/wrong.flow:1:" in ended.out
    assert ended.err == "airdock: shop/wrong.flow has problems and cannot be drawn\n"


def test_a_flow_that_is_not_there_gets_the_nearest(airdock: Program, shop: Flows) -> None:
    ended = airdock("graph", "shop/helo.flow")
    assert ended.code == 2
    assert ended.err.endswith("  did you mean shop/hello.flow?\n")


def test_a_file_that_cannot_be_written(airdock: Program, shop: Flows) -> None:
    ended = airdock("graph", "shop/hello.flow", "-o", "none/hello.svg")
    assert ended.code == 1
    assert ended.err.startswith("airdock: none/hello.svg cannot be written: ")
    assert not Path("none").exists()
