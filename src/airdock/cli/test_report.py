"""How tests ended, as people and programs read it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec.structs import replace

from airdock.cli.answer import run_lines
from airdock.cli.problems import as_document as problem_document
from airdock.cli.problems import text_lines
from airdock.cli.terminal import fail, json_text, paint, printable, say
from airdock.cli.test_coverage import coverage_lines
from airdock.errors import Problem
from airdock.testing.runner.junit import junit_xml
from airdock.units import format_duration

if TYPE_CHECKING:
    from airdock.testing import CaseResult, FileResult, TestReport
    from airdock.testing.runner.results import Failure

_COLOURS = {"passed": "green", "failed": "red", "skipped": "yellow"}
_WORDS = {"passed": "ok", "failed": "FAILED", "skipped": "skipped"}


class Wanted(NamedTuple):
    """What the user asked for."""

    verbose: bool = False
    coverage: bool = False
    fail_under: float | None = None
    junit: Path | None = None
    coverage_json: Path | None = None


def show(report: "TestReport", folder: Path, wanted: Wanted) -> None:
    """Prints a report and writes the files that were asked for."""
    for file in report.files:
        say(*_file_lines(file, folder, wanted.verbose))
    if wanted.coverage and report.coverage is not None:
        say("", *coverage_lines(report.coverage, folder, wanted.fail_under))
    say("", _summary(report))
    write_files(report, folder, wanted)


def write_files(report: "TestReport", folder: Path, wanted: Wanted) -> None:
    """Writes the files that were asked for; ends the program with code 2 where one cannot be written."""
    contents: dict[Path, str] = {}
    if wanted.junit is not None:
        contents[wanted.junit] = junit_xml(report)
    if wanted.coverage_json is not None and report.coverage is not None:
        contents[wanted.coverage_json] = json_text(report.coverage.as_document()) + "\n"
    for path, text in contents.items():
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            fail(f"{path} cannot be written: {error.strerror or error}", 2)


def as_document(report: "TestReport", folder: Path) -> dict[str, Any]:
    """The object that `--json` prints."""
    return {
        "passed": report.count("passed"),
        "failed": report.count("failed"),
        "skipped": report.count("skipped"),
        "files": [
            {
                "file": file.shown,
                "problems": [problem_document(problem, folder) for problem in file.problems],
                "cases": [_case_document(case, folder) for case in file.cases],
            }
            for file in report.files
        ],
        "coverage": None if report.coverage is None else report.coverage.as_document(),
    }


def _case_document(case: "CaseResult", folder: Path) -> dict[str, Any]:
    return {
        "name": case.name,
        "outcome": case.outcome,
        "reason": case.reason,
        "seconds": case.seconds,
        "failures": [_failure_document(failure, folder) for failure in case.failures],
    }


def _failure_document(failure: "Failure", folder: Path) -> dict[str, Any]:
    document = problem_document(_problem(failure), folder)
    place = {name: document[name] for name in ("file", "line", "column", "path")}
    return {**place, "message": failure.message, "difference": failure.difference}


def _file_lines(file: "FileResult", folder: Path, verbose: bool) -> Iterator[str]:
    failed = [case for case in file.cases if case.outcome == "failed"]
    if file.problems:
        yield f"{paint('ERROR', 'red', 'bold')}    {printable(file.shown)}: its tests cannot be run"
        yield from (f"  {line}" for line in text_lines(file.problems, folder))
        return
    ended = "failed" if failed else "passed"
    counted = f"{len(file.cases)} test{'' if len(file.cases) == 1 else 's'}"
    yield f"{_word(ended)}  {paint(printable(file.shown), 'bold')}  {counted}{_skipped(file)}"
    for case in file.cases:
        if verbose or case.outcome == "failed":
            reason = f": {printable(case.reason)}" if case.reason else ""
            yield f"  {_word(case.outcome)}  {printable(case.name)}{reason}"
        if case.outcome == "failed":
            yield from _failed_lines(case, folder)


def _failed_lines(case: "CaseResult", folder: Path) -> Iterator[str]:
    for failure in case.failures:
        problem = Problem("test.failed", failure.message, replace(failure.place, path="$"))
        yield from (f"    {line}" for line in text_lines([problem], folder))
        yield from (f"      {_difference_line(line)}" for line in failure.difference)
    for run in case.runs:
        yield from (f"    {line}".rstrip() for line in run_lines(run))
    yield ""


def _difference_line(line: str) -> str:
    colour = {"-": "red", "+": "green"}.get(line[:1])
    text = printable(line)
    return paint(text, colour) if colour else text


def _problem(failure: "Failure") -> Problem:
    return Problem("test.failed", failure.message, failure.place)


def _word(outcome: str) -> str:
    return paint(f"{_WORDS[outcome]:<7}", _COLOURS[outcome])


def _skipped(file: "FileResult") -> str:
    count = sum(1 for case in file.cases if case.outcome == "skipped")
    return f", {count} skipped" if count else ""


def _summary(report: "TestReport") -> str:
    took = format_duration(sum(case.seconds for case in report.cases))
    parts = [f"{count} {name}" for name in ("passed", "failed", "skipped") if (count := report.count(name))]
    if broken := sum(1 for file in report.files if file.problems):
        parts.append(f"{broken} file{'' if broken == 1 else 's'} cannot be run")
    return paint(f"{', '.join(parts)} in {took}", "green" if report.passed else "red", "bold")
