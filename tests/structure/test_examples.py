"""What the examples owe those who copy them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from airdock.agent.linting import lint_space
from airdock.builtin import catalogue
from airdock.cli.folder import load_agent
from airdock.descriptor.reader import Reader, kind_of
from airdock.formatting import Formatter
from tests.structure.source import ROOT, tracked

FOLDERS = ("examples", "src/airdock/cli/templates", "benchmarks/flows")
FILES = [
    path
    for path in tracked()
    if kind_of(f"p/{path.name}") and path.relative_to(ROOT).as_posix().startswith(tuple(f"{each}/" for each in FOLDERS))
]


def test_nothing_is_wrong_with_the_examples() -> None:
    agent = load_agent(ROOT / "examples")
    assert [str(problem) for artefact in agent.artefacts for problem in artefact.problems] == []
    told = [f"{problem} ({problem.code})" for problem in lint_space(agent.registry)]
    assert told == [], "`airdock check examples` shows them"


def test_examples_that_call_themselves_do_so_on_any_port() -> None:
    script = ROOT / "scripts" / "readdress"
    told = subprocess.run([sys.executable, script, "9000"], capture_output=True, check=True).stdout
    own = {
        f"/{path.relative_to(ROOT / 'examples').as_posix()}"
        for path in FILES
        if path.suffix == ".connection" and "//127.0.0.1:8080" in path.read_text()
    }
    fields = json.loads(told)
    assert fields.keys() == own
    assert fields["/travel/services.connection"] == {"url": "http://127.0.0.1:9000/services/flow/travel"}


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_descriptors_are_formatted(file: Path) -> None:
    text = file.read_text()
    name = file.relative_to(ROOT).as_posix()
    assert Formatter(Reader(catalogue())).format(text, name, kind_of(f"p/{file.name}")) == text, f"`airdock fmt {name}`"
