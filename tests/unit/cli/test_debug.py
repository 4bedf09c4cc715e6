"""`airdock debug`, as a person uses it."""

from tests.unit.cli.program import Program
from tests.unit.flows import Flows, output

FLOW = {"steps": [{"type": "set", "name": "double", "body": {"n": "${body.n * 2}"}}, output("${body.n}")]}


def test_stop_look_change_and_go_on(airdock: Program, flows: Flows) -> None:
    flows.write("p/f.flow", FLOW)
    ended = airdock(
        "debug", "p/f.flow", "--json", '{"n": 4}', "--break", "2 if body.n = 8", input="set body {'n': 9}\nc\n"
    )
    assert ended.code == 0
    assert "→ 2  output" in ended.out
    assert "200 OK" in ended.out
    assert "\n9\n" in ended.out


def test_quit(airdock: Program, flows: Flows) -> None:
    flows.write("p/f.flow", FLOW)
    ended = airdock("debug", "p/f.flow", input="q\n")
    assert ended.code == 0
    assert "the run was ended" in ended.out


def test_what_is_asked_wrongly(airdock: Program, flows: Flows) -> None:
    flows.write("p/f.flow", FLOW)
    assert airdock("debug", "p/f.flow", "--break", "a if 1 >").code == 2
    assert airdock("debug", "p/f.flow", "--data", "@-").code == 2
