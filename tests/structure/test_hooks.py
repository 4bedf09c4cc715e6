"""The hooks for pre-commit: their commands are run as it would run them."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from airdock.descriptor.reader import kind_of
from airdock.spec.descriptors import DESCRIPTORS
from tests.structure.source import ROOT

HOOKS: dict[str, dict[str, Any]] = {
    hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
}
FLOW = '{\n  "steps": [{"type": "output", "message": "hello"}]\n}\n'
TEST = "cases:\n  - name: it greets\n    expect: {text: hello}\n"


def run(hook: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a hook for the files of a folder; it gets the names of those that it is for, if it wants names."""
    declared = HOOKS[hook]
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    chosen = [name for name in names if re.search(declared["files"], name)]
    assert chosen
    given = chosen if declared.get("pass_filenames", True) else []
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    command = [*shlex.split(declared["entry"]), *arguments, *given]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "hello.flow").write_text(FLOW)
    (folder / "hello.test.yaml").write_text(TEST)
    (folder / "notes.txt").write_text("no descriptor")
    return folder


def test_hooks_are_named_after_their_commands() -> None:
    assert {name: hook["entry"] for name, hook in HOOKS.items()} == {
        "airdock-check": "airdock check",
        "airdock-fmt": "airdock fmt",
        "airdock-test": "airdock test",
    }
    page = (ROOT / "docs" / "how-to" / "check-and-format.md").read_text()
    assert all(f"id: {name}" in page for name in HOOKS)


@pytest.mark.parametrize("kind", DESCRIPTORS)
def test_each_kind_of_descriptor_is_looked_at(kind: str) -> None:
    stem = "project" if kind == "project" else f"a.{kind}"
    names = [f"{stem}.yaml", f"{stem}.yml", stem if kind not in ("project", "test") else f"{stem}.json"]
    for name in names:
        assert kind_of(f"shop/{name}") == kind
        assert all(re.search(hook["files"], f"shop/{name}") for hook in HOOKS.values()), name


@pytest.mark.parametrize("hook", HOOKS)
def test_a_good_project_passes(hook: str, project: Path) -> None:
    ended = run(hook, project.parent)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_a_broken_project_is_held_up(project: Path) -> None:
    (project / "hello.flow").write_text('{"steps": [{"type": "outptu"}]}')
    assert run("airdock-check", project.parent).returncode == 1
    assert run("airdock-test", project.parent).returncode in (1, 2)
    (project / "hello.flow").write_text('{"steps": [{"type": "try", "steps": []}]}')
    assert run("airdock-check", project.parent).returncode == 0
    assert run("airdock-check", project.parent, "--strict").returncode == 1


def test_files_are_formatted(project: Path) -> None:
    (project / "hello.flow").write_text('{"steps":[ {"type":"output","message":"hello"} ]}')
    assert run("airdock-fmt", project.parent, "--check").returncode == 1
    # What a hook changes holds the commit up, too.
    assert run("airdock-fmt", project.parent).returncode == 0
    assert (project / "hello.flow").read_text() == FLOW
