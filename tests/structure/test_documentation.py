"""Each page can be reached, and what is generated is what the declarations say."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from airdock.codes import CODES
from scripts.navigation import expand
from tests.docs.blocks import pages
from tests.structure.source import ROOT

DOCS = ROOT / "docs"
FENCED = re.compile(r"^ *(`{3,}).*?^ *\1 *$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def _pages(entry: Any) -> list[str]:
    """Every page that an entry of the navigation leads to."""
    if isinstance(entry, str):
        return [entry]
    if isinstance(entry, dict):
        return [page for value in entry.values() for page in _pages(value)]
    return [page for each in entry for page in _pages(each)]


@pytest.fixture(scope="module")
def reachable() -> list[str]:
    settings = yaml.safe_load((ROOT / "mkdocs.yml").read_text())
    return _pages(expand(settings["nav"], DOCS))


def test_every_page_is_in_the_navigation_once(reachable: list[str]) -> None:
    assert sorted(reachable) == sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))


def test_reference_is_what_the_declarations_say() -> None:
    made = subprocess.run(
        [sys.executable, ROOT / "scripts" / "reference", "--check"], capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, f"run `make docs`: {made.stdout}{made.stderr}"


def test_every_error_code_is_in_the_reference() -> None:
    text = (DOCS / "reference" / "errors.md").read_text()
    assert [code for code in CODES if f"`{code}`" not in text] == []


@pytest.mark.parametrize("page", pages(ROOT), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    prose = FENCED.sub("", page.read_text(encoding="utf-8"))
    for target in LINK.findall(prose):
        if "://" not in target and not target.startswith("#"):
            assert (page.parent / target.partition("#")[0]).exists(), f"{target} is not there"


@pytest.mark.parametrize("folder", ["how-to", "reference", "reference/steps", "reference/descriptors"])
def test_the_index_of_a_folder_leads_to_each_of_its_pages(folder: str) -> None:
    indexes = [index for index in (DOCS / folder / "index.md", DOCS / "reference" / "index.md") if index.is_file()]
    linked = {
        (index.parent / target.partition("#")[0]).resolve()
        for index in indexes
        for target in LINK.findall(index.read_text())
    }
    assert {page.resolve() for page in (DOCS / folder).glob("*.md")} - {indexes[0].resolve()} <= linked


def test_a_decision_has_its_four_parts() -> None:
    for page in sorted((DOCS / "decisions").glob("[0-9]*.md")):
        text = page.read_text()
        for part in ("Status", "Context", "Alternatives", "Consequence"):
            assert part in text, f"{page.name} lacks {part}"
