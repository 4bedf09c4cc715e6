"""`airdock fmt`: files, folders, standard input, and what is refused."""

import io
import os
import sys
from pathlib import Path

import pytest

from airdock.cli.fmt import kind_of_file, replace_file
from tests.unit.cli.program import Program
from tests.unit.flows import Flows

UGLY = '{"steps":[{"message":"x" , "type":"output"}]  // c\n}'
GOOD = '{\n  "steps": [{"type": "output", "message": "x"}] // c\n}\n'
UGLY_YAML = "steps:\n    -   message: x\n        type: output   # c\n"
GOOD_YAML = "steps:\n  - type: output # c\n    message: x\n"


def test_a_folder_is_formatted_in_place(airdock: Program, flows: Flows) -> None:
    flows.write("p/a.flow", UGLY)
    flows.write("p/b.flow", GOOD)
    flows.write("p/c.flow.yaml", UGLY_YAML)
    flows.write("p/project.json", '{"description":"x"}')
    flows.write("p/data/project.json", '{"is":"data"}')
    flows.write("p/.hidden/a.flow", UGLY)
    flows.write("p/script.js", "x")
    ended = airdock("fmt")
    assert ended.code == 0
    assert ended.out.splitlines() == [
        "p/a.flow",
        "p/c.flow.yaml",
        "p/project.json",
        "3 formatted, 1 already right",
    ]
    assert Path("p/a.flow").read_text() == GOOD
    assert Path("p/c.flow.yaml").read_text() == GOOD_YAML
    assert Path("p/.hidden/a.flow").read_text() == UGLY
    assert Path("p/data/project.json").read_text() == '{"is":"data"}'
    assert airdock("fmt").out == "4 already right\n"


def test_files_are_named_and_a_project_too(airdock: Program, flows: Flows) -> None:
    flows.write("p/a.flow", UGLY)
    flows.write("p/b.flow", UGLY)
    flows.write("p/project.json", '{"description":"x"}')
    assert airdock("fmt", "p/a.flow").out.splitlines() == ["p/a.flow", "1 formatted"]
    assert airdock("fmt", "p").out.splitlines() == ["p/b.flow", "p/project.json", "2 formatted, 1 already right"]


def test_check_changes_nothing_and_fails(airdock: Program, flows: Flows) -> None:
    flows.write("p/a.flow", UGLY)
    assert airdock("fmt", "--check") == (1, "p/a.flow\n1 would be formatted\n", "")
    assert Path("p/a.flow").read_text() == UGLY
    flows.write("p/a.flow", GOOD)
    assert airdock("fmt", "--check") == (0, "1 already right\n", "")


def test_diff_shows_what_would_change(airdock: Program, flows: Flows) -> None:
    flows.write("p/c.flow.yaml", UGLY_YAML)
    ended = airdock("fmt", "--diff", "p/c.flow.yaml")
    assert ended.code == 0
    assert ended.out.splitlines()[:6] == [
        "--- p/c.flow.yaml",
        "+++ p/c.flow.yaml (formatted)",
        "@@ -1,3 +1,3 @@",
        " steps:",
        "-    -   message: x",
        "-        type: output   # c",
    ]
    assert Path("p/c.flow.yaml").read_text() == UGLY_YAML
    assert airdock("fmt", "--diff", "--check").code == 1


def test_a_file_that_is_not_well_formed_is_told_with_its_place(airdock: Program, flows: Flows) -> None:
    flows.write("p/a.flow", '{"steps": [}')
    flows.write("p/b.flow", '{"steps": [], "steps": []}')
    flows.write("p/c.flow", UGLY)
    ended = airdock("fmt")
    assert ended.code == 1
    assert "p/a.flow:1:12: " in ended.err
    assert "p/b.flow:1:15: 'steps' stands twice in this object" in ended.err
    assert ended.out.splitlines() == ["p/c.flow", "1 formatted, 2 cannot be formatted"]
    assert Path("p/a.flow").read_text() == '{"steps": [}'


def test_a_descriptor_that_is_wrong_is_formatted_all_the_same(airdock: Program, flows: Flows) -> None:
    flows.write("p/a.flow", '{"steps":[{"typ":"outptu"}]}')
    assert airdock("fmt").code == 0
    assert Path("p/a.flow").read_text() == '{\n  "steps": [{"typ": "outptu"}]\n}\n'


@pytest.mark.parametrize(
    ("name", "text", "made"), [("stdin.flow", UGLY, GOOD), ("p/x.flow.yaml", UGLY_YAML, GOOD_YAML)]
)
def test_standard_input(airdock: Program, monkeypatch: pytest.MonkeyPatch, name: str, text: str, made: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    ended = airdock("fmt", "-", "--stdin-name", name)
    assert (ended.code, ended.out) == (0, made)


def test_standard_input_that_is_not_well_formed(airdock: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"{")))
    ended = airdock("fmt", "-")
    assert ended.code == 1
    assert ended.out == ""
    assert ended.err.startswith("stdin.flow:1:2: ")


def test_nothing_there(airdock: Program) -> None:
    assert airdock("fmt") == (0, "no descriptors\n", "")
    assert airdock("fmt", "none.flow") == (2, "", "airdock: there is no file or folder none.flow\n")


def test_a_file_keeps_its_mode_and_a_link_stays_one(airdock: Program, flows: Flows) -> None:
    flows.write("p/a.flow", "old")
    Path("link.flow").symlink_to("p/a.flow")
    os.chmod("p/a.flow", 0o640)
    replace_file(Path("link.flow"), b"new")
    assert Path("link.flow").is_symlink()
    assert Path("p/a.flow").read_text() == "new"
    assert Path("p/a.flow").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in Path("p").iterdir()] == ["a.flow"]


def test_a_write_that_fails_leaves_the_file(airdock: Program, flows: Flows, monkeypatch: pytest.MonkeyPatch) -> None:
    flows.write("p/a.flow", "old")

    def fails(*_: object) -> None:
        raise OSError("no")

    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(OSError, match="no"):
        replace_file(Path("p/a.flow"), b"new")
    assert [path.name for path in Path("p").iterdir()] == ["a.flow"]
    assert Path("p/a.flow").read_text() == "old"


def test_kinds_by_path() -> None:
    assert kind_of_file("project.json") == "project"
    assert kind_of_file("p/project.json") == "project"
    assert kind_of_file("p/q/project.json") is None
    assert kind_of_file("a.flow.yaml") == "flow"
