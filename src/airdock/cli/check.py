"""`airdock check`: reports every problem of a folder, and what lint finds."""

from collections.abc import Iterator
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from airdock.cli.folder import load_agent
from airdock.cli.terminal import fail, json_text, paint, say

if TYPE_CHECKING:
    from airdock.agent.agent import Agent
    from airdock.errors import Problem


class Format(StrEnum):
    """How the problems are written."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


class Found(NamedTuple):
    """What was found in how many descriptors."""

    problems: "list[Problem]"
    descriptors: int
    failed: int


def command(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder of projects.", show_default="the current one")
    ] = Path(),
    format: Annotated[
        Format,
        typer.Option(help="For people, for programs, as annotations of GitHub Actions, or for tools that read SARIF."),
    ] = Format.TEXT,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail, too.")] = False,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", metavar="CODE", help="A rule that is not asked; may be repeated.")
    ] = None,
    enable: Annotated[
        list[str] | None,
        typer.Option("--enable", metavar="CODE", help="A rule that is asked though it is not by default."),
    ] = None,
    rules: Annotated[bool, typer.Option("--rules", help="List the rules of lint.")] = False,
) -> None:
    """Report every problem of a folder, and what is most likely not what was meant.

    Every descriptor is read and compiled, and the scripts that flows name are loaded. Then lint looks for mistakes in
    what is valid: warnings, and hints for what may be one. A comment `// airdock: ignore CODE` (in YAML with `#`) on
    the line, or alone above it, silences a rule there; `lint` in the project's settings does for a project.

    The exit code is 0 when there is no problem, 1 when there is one (with --strict also for a warning), 2 when there
    is no such folder.

    \b
    Examples:
      airdock check
      airdock check services --strict --format github
      airdock check --rules
    """
    if rules:
        from airdock.cli.lint_rules import rule_documents, rule_lines

        say(json_text(rule_documents()) if format is Format.JSON else "\n".join(rule_lines()))
        return
    _check_codes([*(ignore or ()), *(enable or ())])
    found = _found(load_agent(folder), ignore or [], enable or [])
    _report(found, folder, format)
    failing = ("error", "warning") if strict else ("error",)
    if any(problem.severity in failing for problem in found.problems):
        raise typer.Exit(1)


def _check_codes(codes: list[str]) -> None:
    from airdock.codes import LINT
    from airdock.descriptor.names import hint

    for code in codes:
        if code not in LINT:
            fail(f"there is no rule {code!r}", 2, hint(code, LINT) or "`airdock check --rules` lists them")


def _found(agent: "Agent", ignore: list[str], enable: list[str]) -> Found:
    from airdock.agent.linting import lint_space
    from airdock.lint import Choice

    artefacts = agent.artefacts
    problems = [problem for artefact in artefacts for problem in artefact.problems]
    problems += lint_space(agent.registry, choice=Choice(ignore, enable))
    problems.sort(key=lambda problem: (problem.place.file, problem.place.line, problem.place.column))
    return Found(problems, len(artefacts), sum(1 for artefact in artefacts if artefact.problems))


def _report(found: Found, folder: Path, format: Format) -> None:
    from airdock.cli import problems

    match format:
        case Format.JSON:
            say(json_text([problems.as_document(problem, folder) for problem in found.problems]))
        case Format.GITHUB:
            say(*problems.github_lines(found.problems, folder))
        case Format.SARIF:
            from airdock.cli.sarif import sarif_log

            say(json_text(sarif_log(found.problems, folder)))
        case Format.TEXT:
            say(*_text(found, folder))


def _text(found: Found, folder: Path) -> Iterator[str]:
    from airdock.cli.problems import text_lines

    for _, problems in groupby(found.problems, lambda problem: problem.place.file):
        yield from text_lines(problems, folder)
        yield ""
    yield _counts(found, folder)


def _counts(found: Found, folder: Path) -> str:
    by_severity = {"error": 0, "warning": 0, "hint": 0}
    for problem in found.problems:
        by_severity[problem.severity] += 1
    rest = [_number(count, word) for word, count in by_severity.items() if word != "error" and count]
    if not found.descriptors:
        return f"no descriptors in {folder.absolute()}"
    if by_severity["error"]:
        failed = f"{found.failed} of {_number(found.descriptors, 'descriptor')}"
        first = f"{_number(by_severity['error'], 'problem')} in {failed}"
        return paint(", ".join([first, *rest]), "red", "bold")
    colour = "yellow" if by_severity["warning"] else "green"
    return paint(", ".join([_number(found.descriptors, "descriptor"), *(rest or ["no problems"])]), colour)


def _number(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
