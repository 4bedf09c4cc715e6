"""`airdock check`: reports every problem of a folder."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from airdock.cli.folder import load_agent
from airdock.cli.terminal import json_text, paint, say

if TYPE_CHECKING:
    from airdock.agent.artefact import Artefact


class Format(StrEnum):
    """How the problems are written."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


def command(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder of projects.", show_default="the current one")
    ] = Path(),
    format: Annotated[
        Format, typer.Option(help="For people, for programs, or as annotations of GitHub Actions.")
    ] = Format.TEXT,
) -> None:
    """Report every problem of a folder.

    Every descriptor is read and compiled, and the scripts that flows name are loaded. The exit code is 0 when there
    is no problem, 1 when there is one, 2 when there is no such folder.

    \b
    Examples:
      airdock check
      airdock check services --format github
    """
    artefacts = load_agent(folder).artefacts
    _report(artefacts, folder, format)
    if any(artefact.problems for artefact in artefacts):
        raise typer.Exit(1)


def _report(artefacts: list["Artefact"], folder: Path, format: Format) -> None:
    from airdock.cli import problems

    found = [problem for artefact in artefacts for problem in artefact.problems]
    match format:
        case Format.JSON:
            say(json_text([problems.as_document(problem, folder) for problem in found]))
        case Format.GITHUB:
            say(*problems.github_lines(found, folder))
        case Format.TEXT:
            say(*_text(artefacts, folder))


def _text(artefacts: list["Artefact"], folder: Path) -> Iterator[str]:
    from airdock.cli.problems import text_lines

    for artefact in artefacts:
        if artefact.problems:
            yield from text_lines(artefact.problems, folder)
            yield ""
    yield _counts(artefacts, folder)


def _counts(artefacts: list["Artefact"], folder: Path) -> str:
    problems = sum(len(artefact.problems) for artefact in artefacts)
    if not artefacts:
        return f"no descriptors in {folder.absolute()}"
    if not problems:
        return paint(f"{_number(len(artefacts), 'descriptor')}, no problems", "green")
    failed = sum(1 for artefact in artefacts if artefact.problems)
    return paint(
        f"{_number(problems, 'problem')} in {failed} of {_number(len(artefacts), 'descriptor')}", "red", "bold"
    )


def _number(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
