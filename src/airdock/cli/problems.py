"""Problems of descriptors as people, programs and code hosts read them."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO
from unicodedata import combining, east_asian_width

from airdock.cli.terminal import paint, printable
from airdock.errors import Place, Problem

_CONCEALED = frozenset(("lint.clearTextSecret",))
"""Codes of what must not be shown: no problem shows a line that has a secret."""
_COLOURS = {"error": "red", "warning": "yellow", "hint": "cyan"}
_ANNOTATIONS = {"error": "error", "warning": "warning", "hint": "notice"}
_WINDOW = 100
"""Characters of a source line that are shown."""


def text_lines(problems: Iterable[Problem], folder: Path, stream: TextIO | None = None) -> Iterator[str]:
    """For people: `file:line:column: message: hint`, and the source line with a caret under the place."""
    stream = stream or sys.stdout
    sources: dict[str, list[str]] = {}
    problems = list(problems)
    concealed = {(each.place.file, each.place.line) for each in problems if each.code in _CONCEALED}
    for problem in problems:
        place = problem.place
        yield _head(problem, folder, stream)
        if place.file and place.line and (place.file, place.line) not in concealed:
            if place.file not in sources:
                sources[place.file] = _source(folder / place.file)
            yield from _excerpt(sources[place.file], place.line, place.column, stream)


def as_document(problem: Problem, folder: Path) -> dict[str, Any]:
    """For programs: one object with the fields of a problem and of its place."""
    place = problem.place
    return {
        "file": shown_file(problem, folder),
        "line": place.line,
        "column": place.column,
        "path": place.path,
        "code": problem.code,
        "severity": problem.severity,
        "message": problem.message,
        "hint": problem.hint,
    }


def github_lines(problems: Iterable[Problem], folder: Path) -> Iterator[str]:
    """Annotations of GitHub Actions."""
    for problem in problems:
        place = problem.place
        fields = {"file": shown_file(problem, folder), "line": place.line, "col": place.column, "title": problem.code}
        given = ",".join(f"{name}={_property(str(value))}" for name, value in fields.items() if value)
        yield f"::{_ANNOTATIONS[problem.severity]} {given}::{_data(sentence(problem))}"


def shown_file(problem: Problem, folder: Path) -> str:
    """The file as seen from here."""
    return (folder / problem.place.file).as_posix() if problem.place.file else folder.as_posix()


def sentence(problem: Problem) -> str:
    """The message and the hint."""
    return f"{problem.message}: {problem.hint}" if problem.hint else problem.message


def _head(problem: Problem, folder: Path, stream: TextIO) -> str:
    place = problem.place
    where = str(Place(shown_file(problem, folder), place.line, place.column))
    hint = f": {paint(printable(problem.hint), 'cyan', stream=stream)}" if problem.hint else ""
    path = f" {paint(f'[{printable(place.path)}]', 'dim', stream=stream)}" if place.path != "$" else ""
    message, code = printable(problem.message), ""
    if problem.severity != "error":
        severity = paint(problem.severity, _COLOURS[problem.severity], stream=stream)
        message, code = f"{severity}: {message}", f" ({problem.code})"
    return f"{paint(printable(where), 'bold', stream=stream)}: {message}{hint}{path}{code}"


def _excerpt(lines: list[str], line: int, column: int, stream: TextIO) -> Iterator[str]:
    if not 0 < line <= len(lines):
        return
    text, at = _window(lines[line - 1], max(column - 1, 0))
    number = f"{line:>5} | "
    yield f"{paint(number, 'dim', stream=stream)}{printable(text)}"
    if column:
        indent = " " * sum(_columns(char) for char in text[:at])
        yield f"{paint('      | ', 'dim', stream=stream)}{indent}{paint('^', 'red', 'bold', stream=stream)}"


def _window(line: str, at: int) -> tuple[str, int]:
    """The part of a long line that has the place, and where the place is in it."""
    if len(line) <= _WINDOW:
        return line, at
    start = min(max(at - _WINDOW // 2, 0), len(line) - _WINDOW)
    head, tail = "…" if start else "", "…" if start + _WINDOW < len(line) else ""
    return f"{head}{line[start : start + _WINDOW]}{tail}", at - start + len(head)


def _columns(char: str) -> int:
    if combining(char):
        return 0
    return 2 if east_asian_width(char) in "WF" else 1


def _source(file: Path) -> list[str]:
    try:
        # Lines as descriptors count them; `str.splitlines` knows more kinds of line breaks.
        return file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    except (OSError, UnicodeDecodeError):
        return []


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
