"""`airdock runs` and `airdock runs show`, over a run log that flows have written."""

import asyncio
import json
from pathlib import Path

import pytest

from airdock.agent.agent import Agent
from airdock.agent.scripts import ScriptLoader
from airdock.agent.source import FolderSource
from airdock.builtin import catalogue
from airdock.runlog import RunLog
from airdock.triggers.http.answer import Answer
from airdock.triggers.http.buffered import BufferedRequest
from airdock.triggers.http.handler import HttpHandler
from tests.unit.cli.program import Program
from tests.unit.flows import Flows, output

CLOSED = {
    "steps": [
        {"type": "set", "properties": {"day": "Sunday", "password": "secret!"}},
        {"type": "throw", "name": "no", "code": "shop.closed", "message": "it is ${properties.day}", "status": 503},
    ]
}


def call(home: Path, folder: Path, *addresses: str) -> None:
    """Runs flows with a run log in `home`."""
    log = RunLog(home)
    log.start()
    agent = _agent(folder, log)
    handler = HttpHandler(agent)

    async def answer(address: str) -> None:
        pending = handler.answer(BufferedRequest("GET", f"/services/flow/{address}"))
        if not isinstance(pending, Answer):
            await pending
        await agent.runtime.background.settle()

    for address in addresses:
        asyncio.run(answer(address))
    log.close()


def _agent(folder: Path, log: RunLog) -> Agent:
    agent = Agent(FolderSource(folder), catalogue(), scripts=ScriptLoader(), runlog=log)
    agent.load()
    return agent


@pytest.fixture
def home(flows: Flows, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with three runs: two of them went well, and the second of all failed."""
    flows.write("shop/hello.flow", {"steps": [output()]})
    flows.write("shop/full.flow", {"log": "full", "steps": [output()]})
    flows.write("shop/closed.flow", CLOSED)
    home = flows.folder / "home"
    call(home, flows.folder, "shop/hello.flow", "shop/closed.flow", "shop/full.flow")
    monkeypatch.setenv("AIRDOCK_HOME", str(home))
    return home


def test_runs_are_listed_newest_first(airdock: Program, home: Path) -> None:
    ended = airdock("runs")
    head, *lines = ended.out.splitlines()
    assert ended.code == 0
    assert head.split() == ["ID", "BEGAN", "FLOW", "OUTCOME", "TOOK"]
    assert [line.split()[3:5] for line in lines[:3]] == [
        ["shop/full.flow", "ok"],
        ["shop/closed.flow", "failed"],
        ["shop/hello.flow", "ok"],
    ]
    assert lines[1].endswith("  shop.closed: it is Sunday")
    assert lines[-1] == "3 shown; in all 2 ok, 1 failed"


def test_a_listed_id_is_enough_to_show_the_run(airdock: Program, home: Path) -> None:
    for line in airdock("runs").out.splitlines()[1:4]:
        id, *_, flow = line.split()[:4]
        ended = airdock("runs", "show", id)
        assert ended.code == 0
        assert flow in ended.out


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--failed"], ["shop/closed.flow"]),
        (["--flow", "shop/hello.flow"], ["shop/hello.flow"]),
        (["--flow", "/services/flow/shop/hello.flow"], ["shop/hello.flow"]),
        (["--limit", "1"], ["shop/full.flow"]),
        (["--since", "1h", "--limit", "2"], ["shop/full.flow", "shop/closed.flow"]),
    ],
    ids=" ".join,
)
def test_some_of_the_runs(airdock: Program, home: Path, options: list[str], expected: list[str]) -> None:
    assert [run["flow"] for run in airdock("runs", *options, "--format", "json").json()] == expected


def test_a_failed_run_is_shown_with_steps_error_and_exchange(airdock: Program, home: Path) -> None:
    id = airdock("runs", "--failed", "--format", "json").json()[0]["id"]
    text = airdock("runs", "show", id).out
    assert text.startswith(f"Run {id}\n  flow     shop/closed.flow\n")
    assert "  request  GET /services/flow/shop/closed.flow" in text
    assert "  error    shop.closed: it is Sunday\n  status   503\n  at step  no, line 1\n" in text
    steps = [line.split()[:3] for line in text.split("Steps:\n")[1].splitlines()[:2]]
    assert steps == [["ok", "1", "set"], ["failed", "no", "throw"]]
    assert '"day": "Sunday"' in text
    assert "secret!" not in text


def test_the_newest_run_is_shown_when_none_is_named(airdock: Program, home: Path) -> None:
    assert "shop/full.flow" in airdock("runs", "show").out
    assert airdock("runs", "show", "--format", "json").json()["steps"][0]["outcome"] == "ok"


def test_a_run_without_steps_says_how_to_have_them(airdock: Program, home: Path) -> None:
    id = airdock("runs", "--flow", "shop/hello.flow", "--format", "json").json()[0]["id"]
    assert '"log": "full"' in airdock("runs", "show", id).out


def test_a_run_that_is_not_there(airdock: Program, home: Path) -> None:
    ended = airdock("runs", "show", "00000000")
    assert ended.code == 1
    assert ended.err.startswith("airdock: there is no run '00000000'\n")


def test_text_that_is_no_id(airdock: Program, home: Path) -> None:
    ended = airdock("runs", "show", "xyz")
    assert ended.code == 1
    assert ended.err == "airdock: 'xyz' is not the id of a run: write its digits, or the first of them\n"


def test_an_id_of_several_runs(airdock: Program, home: Path) -> None:
    ended = airdock("runs", "show", "0")
    assert ended.code == 1
    assert "several runs have an id that begins with 0" in ended.err


def test_no_runs_yet(airdock: Program) -> None:
    for arguments in (["runs", "--home", "none"], ["runs", "--home", "none", "--failed"]):
        ended = airdock(*arguments)
        assert ended.code == 0
        assert ended.out.startswith("no runs yet: `airdock run` records them in ")
    assert airdock("runs", "--home", "none", "--format", "json").json() == []
    assert airdock("runs", "show", "--home", "none") == (1, "", "airdock: there are no runs yet\n")
    assert airdock("runs", "--home", "none", "show").code == 1


def test_a_flow_that_never_ran(airdock: Program, home: Path) -> None:
    assert airdock("runs", "--flow", "shop/helo.flow").out.splitlines() == [
        "no such runs; in all 3 were counted",
        "there were none of 'shop/helo.flow': did you mean 'shop/hello.flow'?",
    ]


@pytest.mark.parametrize("since", ["soon", "1", "9999999999999d"])
def test_a_time_that_is_none(airdock: Program, since: str) -> None:
    ended = airdock("runs", "--since", since)
    assert ended.code == 2
    assert ended.err.startswith("airdock: --since: ")


def test_a_log_that_cannot_be_read(airdock: Program) -> None:
    Path("home").mkdir()
    Path("home/runs.db").write_text("this is not a database" * 100)
    ended = airdock("runs", "--home", "home")
    assert ended.code == 1
    assert ended.err.startswith("airdock: the run log ")
    assert ended.err.count("\n") == 1


def test_runs_are_chosen_by_project_code_and_time(airdock: Program, home: Path) -> None:
    fitting = ("--project shop", "--code CLOSED", "--until 0s --since 1h", "--project shop --code closed --failed")
    for options in fitting:
        ended = airdock("runs", *options.split())
        assert ended.code == 0
        assert "shop/closed.flow" in ended.out
    for options in ("--project other", "--code timeout", "--until 1h"):
        assert "no such runs; in all 3 were counted" in airdock("runs", *options.split()).out
    wrong = airdock("runs", "--until", "soon")
    assert wrong.code == 2
    assert "--until" in wrong.err


def test_runs_that_went_out_from_one_are_listed(
    airdock: Program, flows: Flows, monkeypatch: pytest.MonkeyPatch
) -> None:
    tap = {"type": "wireTap", "name": "tap", "flow": {"steps": [output()]}}
    flows.write("shop/tapped.flow", {"log": "full", "steps": [tap]})
    home = flows.folder / "home"
    call(home, flows.folder, "shop/tapped.flow")
    monkeypatch.setenv("AIRDOCK_HOME", str(home))
    runs = {each["step"]: each for each in airdock("runs", "--json").json()}
    assert (runs["tap"]["parent"], runs[""]["parent"]) == (runs[""]["id"], "")
    for parent in (runs[""]["id"], runs[""]["id"][:30]):
        assert [each["step"] for each in airdock("runs", "--parent", parent, "--json").json()] == ["tap"]
    assert f"  parent   {runs['']['id']}" in airdock("runs", "show", runs["tap"]["id"]).out


def test_what_is_going_on_is_listed(airdock: Program, home: Path) -> None:
    assert airdock("runs", "running").out == "no run has been going on for a second\n"
    assert airdock("runs", "running", "--format", "json").out.strip() == "[]"


def test_a_failed_run_says_whether_it_can_be_retried(airdock: Program, home: Path) -> None:
    (run,) = json.loads(airdock("runs", "--failed", "--format", "json").out)
    id = run["id"]
    assert "retry    not possible: no key seals what a retry needs" in airdock("runs", "show", id).out
