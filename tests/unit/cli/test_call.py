"""`airdock call`: a flow's answer and the steps it took, without a server."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.cli.program import Program
from tests.unit.flows import Flows, output

ROUTED = {
    "steps": [
        {
            "type": "condition",
            "name": "who",
            "cases": [{"key": "name", "value": "Joe", "flow": {"name": "joe", "steps": [output("Welcome Joe")]}}],
        },
        output("!", when="false"),
    ]
}
FAILING = {"steps": [output("lost"), {"type": "throw", "name": "no", "code": "shop.closed", "message": "it is Sunday"}]}


@pytest.fixture
def shop(flows: Flows) -> Flows:
    flows.write("shop/hello.flow", ROUTED)
    flows.write("shop/closed.flow", FAILING)
    flows.write("shop/echo.flow", {"steps": [{"type": "respond", "body": "${body}"}]})
    flows.write("shop/wrong.flow", {"steps": [{"type": "outptu"}]})
    return flows


@pytest.mark.parametrize(
    "address", ["shop/hello.flow?name=Joe", "/services/flow/shop/hello.flow?name=Joe", "./shop/hello.flow?name=Joe"]
)
def test_answer_and_steps(airdock: Program, shop: Flows, address: str) -> None:
    ended = airdock("call", address)
    lines = ended.out.splitlines()
    assert ended.code == 0
    assert lines[0].startswith("200 OK in ")
    assert "content-type: text/plain; charset=utf-8" in lines
    assert "Welcome Joe" in lines
    steps = [line.split()[:3] for line in lines[lines.index("Steps of shop/hello.flow:") + 1 :]]
    assert steps == [["ok", "who", "condition"], ["ok", "who.joe.1", "output"], ["skipped", "2", "output"]]
    assert "    who.joe.1" in ended.out


def test_the_body_alone(airdock: Program, shop: Flows) -> None:
    assert airdock("call", "shop/hello.flow?name=Joe", "-q") == (0, "Welcome Joe", "")


def test_a_failed_run_tells_the_error_and_its_place(airdock: Program, shop: Flows) -> None:
    ended = airdock("call", "shop/closed.flow")
    assert ended.code == 1
    assert ended.out.startswith("500 Internal Server Error in ")
    assert "shop.closed: it is Sunday" in ended.out
    assert "Failed with shop.closed: it is Sunday\n  at step no, line 1\n" in ended.out


def test_json(airdock: Program, shop: Flows) -> None:
    ended = airdock("call", "shop/closed.flow", "--format", "json")
    answer = ended.json()
    assert ended.code == 1
    assert answer["status"] == 500
    assert answer["run"]["flow"] == "shop/closed.flow"
    assert [(step["path"], step["outcome"]) for step in answer["run"]["steps"]] == [("1", "ok"), ("no", "failed")]
    assert answer["run"]["error"] == {"code": "shop.closed", "message": "it is Sunday", "status": 500, "step": "no"}
    assert airdock("call", "shop/none.flow", "--format", "json").json()["run"] is None


def test_a_json_body(airdock: Program, shop: Flows) -> None:
    ended = airdock("call", "shop/echo.flow", "--json", '{"a": [1]}')
    assert '{\n  "a": [\n    1\n  ]\n}' in ended.out
    assert airdock("call", "shop/echo.flow", "--json", '{"a": [1]}', "-q").out == '{"a":[1]}'


def test_a_form(airdock: Program, shop: Flows) -> None:
    assert airdock("call", "shop/hello.flow", "--form", "name=Joe", "-q").out == "Welcome Joe"


def test_an_answer_that_is_no_text(airdock: Program, shop: Flows) -> None:
    arguments = ("call", "shop/echo.flow", "-H", "content-type: application/octet-stream", "-d", "@body")
    Path("body").write_bytes(b"\x00\xff")
    assert "(2 bytes of application/octet-stream; --body-only prints them)" in airdock(*arguments).out
    assert airdock(*arguments, "--format", "json").json()["bodyBase64"] == "AP8="


def test_a_method(airdock: Program, shop: Flows) -> None:
    shop.write("shop/post.flow", {"methods": ["POST"], "steps": [output()]})
    assert airdock("call", "shop/post.flow").out.startswith("405 Method Not Allowed\n")
    assert airdock("call", "shop/post.flow", "-X", "post").code == 0


def test_a_flow_that_does_not_compile_shows_its_problems(airdock: Program, shop: Flows) -> None:
    ended = airdock("call", "shop/wrong.flow")
    assert ended.code == 1
    assert ended.out.startswith("503 ")
    assert "shop/wrong.flow:1:" in ended.out
    assert "did you mean 'output'?" in ended.out


def test_an_address_without_a_flow_gets_the_nearest(airdock: Program, shop: Flows) -> None:
    ended = airdock("call", "shop/helo.flow")
    assert ended.code == 1
    assert ended.out.endswith("did you mean shop/hello.flow?\n")


def test_an_address_in_an_empty_folder(airdock: Program) -> None:
    assert "There are no flows in " in airdock("call", "a.flow").out


@pytest.mark.parametrize("where", [["all"], ["--dir", "all"]], ids=" ".join)
def test_another_folder(airdock: Program, flows: Flows, where: list[str]) -> None:
    flows.write("all/shop/IntegrationServices/hello.flow", ROUTED)
    assert airdock("call", "shop/hello.flow?name=Joe", *where, "-q").out == "Welcome Joe"
    assert airdock("call", "all/shop/IntegrationServices/hello.flow?name=Joe", *where, "-q").out == "Welcome Joe"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a.flow", "none"], "there is no folder none"),
        (["a.flow", ".", "--dir", "."], "the folder is given twice"),
        (["./none.flow"], "there is no file ./none.flow"),
        (["shop/hello.flow", "other"], "shop/hello.flow is not a descriptor of the folder other"),
        (["shop/hello.flow", "--json", "{"], "--json is not JSON"),
    ],
    ids=str,
)
def test_what_is_asked_wrongly(airdock: Program, shop: Flows, arguments: list[str], message: str) -> None:
    Path("other").mkdir()
    ended = airdock("call", *arguments)
    assert ended.code == 2
    assert ended.err.startswith(f"airdock: {message}")


def test_a_body_from_standard_input_and_log_lines_beside_the_answer(shop: Flows) -> None:
    shop.write("shop/log.flow", {"steps": [{"type": "log", "message": "seen"}, {"type": "respond", "body": "${body}"}]})
    command = [sys.executable, "-m", "airdock.cli", "call", "shop/log.flow", "--json", "@-"]
    ended = subprocess.run(command, cwd=shop.folder, input=b'{"a":1}', capture_output=True, check=True)
    assert b'"a": 1' in ended.stdout
    assert b"seen" not in ended.stdout
    assert b"info    seen" in ended.stderr


def test_what_ran_beside_is_shown_behind(airdock: Program, flows: Flows) -> None:
    tap = {"type": "wireTap", "name": "tap", "flow": {"steps": [{"type": "throw", "name": "no", "code": "a.b"}]}}
    flows.write("p/f.flow", {"steps": [tap, output()]})
    ended = airdock("call", "p/f.flow")
    lines = ended.out.splitlines()
    assert ended.code == 0
    assert (
        lines.index("Steps of p/f.flow:") < lines.index("Steps of p/f.flow#tap:") < lines.index("Failed with a.b: a.b")
    )
    document = json.loads(airdock("call", "p/f.flow", "--format", "json").out)
    assert document["run"]["error"] is None
    assert [(each["step"], each["error"]["code"]) for each in document["beside"]] == [("tap", "a.b")]
