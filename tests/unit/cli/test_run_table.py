"""What `airdock run` prints."""

import os
import time
from pathlib import Path

import pytest

from airdock.agent.artefact import Artefact, Change
from airdock.agent.hints import ITSELF
from airdock.cli.run_table import change_lines, start_lines
from airdock.errors import Place, Problem
from airdock.server.settings import Settings

SETTINGS = Settings(folder=Path("/flows"), home=Path("/home"), port=8080)
PROBLEM = Problem(
    "descriptor.unknownStep",
    "unknown step type 'outptu'",
    Place("p/x.flow", 3, 15, "$.steps[0].type"),
    "did you mean 'output'?",
)
ENABLED = Artefact("p/a.flow", "flow", "enabled", ("/services/flow/p/a.flow", "/services/flow/p/a/{id}"), serves=True)
FAILED = Artefact("p/x.flow", "flow", "failed", ("/services/flow/p/x.flow",), (PROBLEM,))
JOB = Artefact("p/nightly.job", "job", "enabled")


def text(artefacts: list[Artefact], settings: Settings = SETTINGS) -> str:
    return "\n".join(start_lines(settings, artefacts, "1.2.3"))


def test_flows_are_listed_with_whole_addresses_and_problems_beneath() -> None:
    lines = text([ENABLED, FAILED, JOB]).splitlines()
    assert lines[0] == "Airdock 1.2.3 serves /flows"
    assert "  p/a.flow       enabled  http://127.0.0.1:8080/services/flow/p/a.flow" in lines
    assert any(line.strip() == "http://127.0.0.1:8080/services/flow/p/a/{id}" for line in lines)
    failed = lines.index("  p/x.flow       failed   http://127.0.0.1:8080/services/flow/p/x.flow")
    assert (
        lines[failed + 1].strip()
        == f"p/x.flow:3:15: unknown step type 'outptu': did you mean 'output'? [{PROBLEM.place.path}]"
    )
    assert "  p/nightly.job  enabled  runs on its schedule" in lines
    assert "Try: curl http://127.0.0.1:8080/services/flow/p/a.flow" in lines


def test_what_to_try_answers_get_or_says_how() -> None:
    posted = Artefact("p/a.flow", "flow", "enabled", ("/services/flow/p/a.flow",), methods=("POST", "PUT"))
    plain = Artefact("p/b.flow", "flow", "enabled", ("/services/flow/p/b.flow",), methods=("GET",))
    socket = Artefact("p/c.flow", "flow", "enabled", ("/services/flow/p/c.flow",), methods=("GET",), upgrades=True)
    tries = [line for line in text([posted, socket, plain]).splitlines() if line.startswith("Try: ")]
    address = "http://127.0.0.1:8080/services/flow/p"
    assert tries == [f"Try: curl {address}/b.flow", f"Try: curl -X POST {address}/a.flow"]
    assert "http://127.0.0.1:8081/" in text([ENABLED])


def test_addresses_can_be_typed_and_names_do_no_harm() -> None:
    odd = Artefact("p/a b\x1b[2J.flow", "flow", "enabled", ("/services/flow/p/a b\x1b[2J.flow",))
    assert "/services/flow/p/a%20b%1B%5B2J.flow" in text([odd])
    assert "\x1b" not in text([odd])


def test_no_management_port_is_named_when_there_is_none() -> None:
    settings = Settings(folder=Path("/flows"), home=Path("/home"), admin_port=0, root_path="/root", dev=True)
    printed = text([ENABLED], settings)
    assert "management" not in printed
    assert "http://127.0.0.1:8080/root/services/flow/p/a.flow" in printed
    assert "Changes are followed" in printed


def test_an_empty_folder_says_what_to_do() -> None:
    assert "airdock new" in text([])


def test_a_long_table_is_shortened_and_what_failed_comes_first() -> None:
    many = [
        Artefact(f"p/{number}.flow", "flow", "enabled", (f"/services/flow/p/{number}.flow",)) for number in range(100)
    ]
    lines = text([*many, FAILED]).splitlines()
    assert len(lines) < 40
    assert any("p/x.flow" in line for line in lines)
    assert any("in all 100 enabled, 1 failed" in line for line in lines)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (Change("p/a.flow", "removed"), ["14:02:11 removed p/a.flow"]),
        (Change("p/lib.js", "changed"), ["14:02:11 changed p/lib.js → scripts use it from now on"]),
        (Change("p/a.flow", "added", ENABLED), ["14:02:11 added p/a.flow → enabled"]),
        (Change("p/x.flow", "changed", FAILED), ["14:02:11 changed p/x.flow → failed"]),
    ],
)
def test_a_line_per_change(change: Change, expected: list[str], tmp_path: Path) -> None:
    assert list(change_lines(change, "14:02:11", tmp_path / "none"))[:1] == expected


def test_a_script_that_a_flow_fails_for_is_not_said_to_be_used(tmp_path: Path) -> None:
    change = Change("p/lib.js", "changed")
    assert list(change_lines(change, "14:02:11", tmp_path, in_use=False)) == ["14:02:11 changed p/lib.js"]
    affected = Change("p/x.flow", "affected", FAILED)
    assert next(change_lines(affected, "14:02:11", tmp_path)) == "14:02:11 affected p/x.flow → failed"


def test_a_project_that_is_served_itself_is_told_what_to_serve() -> None:
    problem = Problem("descriptor.reference", "there is no module 'flows/a.py'", Place("a.flow", 1, 1), ITSELF)
    printed = text([Artefact("a.flow", "flow", "failed", ("/services/flow/a.flow",), (problem,))])
    assert "flows is a project. Serve the folder that it stands in:\n  airdock run /\n" in printed
    assert "is a project" not in text([ENABLED, FAILED])


def test_a_failed_change_says_that_the_last_version_stays(tmp_path: Path) -> None:
    artefact = Artefact("p/x.flow", "flow", "failed", problems=(PROBLEM,), serves=True)
    lines = list(change_lines(Change("p/x.flow", "changed", artefact), "14:02:11", tmp_path))
    assert lines[0].endswith("failed (the last working version stays)")
    assert "unknown step type" in lines[1]


def test_the_time_since_the_file_was_saved_is_told(tmp_path: Path) -> None:
    file = tmp_path / "a.flow"
    file.write_text("")
    now = time.time()
    os.utime(file, (now, now - 0.012))
    artefact = Artefact("p/a.flow", "flow", "enabled", since=now)
    assert list(change_lines(Change("p/a.flow", "changed", artefact), "14:02:11", file)) == [
        "14:02:11 changed p/a.flow → enabled in 12 ms"
    ]
