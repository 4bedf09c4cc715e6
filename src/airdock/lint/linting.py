"""Asks the rules."""

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from airdock.codes import LINT
from airdock.descriptor.names import hint
from airdock.errors import Place, Problem
from airdock.lint.ignoring import Ignored, ignored
from airdock.lint.landscape import Landscape
from airdock.lint.rules import RULES
from airdock.lint.subject import Finding, Subject

USELESS = "lint.uselessIgnore"
_OF_KIND = {
    "template": ("lint.clearTextSecret", "lint.duplicateName", "lint.idleTry"),
    "test": ("lint.clearTextSecret",),
}
"""The only rules for step templates, whose arguments are not known, and for tests, which run nothing by themselves."""


class Choice(NamedTuple):
    """Which rules are asked, beside what each project says: codes of those that are not, and of those that are too."""

    ignore: Collection[str] = ()
    enable: Collection[str] = ()

    def codes(self, subject: Subject) -> frozenset[str]:
        """The codes of the rules that are asked of a file."""
        settings = subject.settings.lint
        enabled = {*self.enable, *(settings.enable if settings else ())}
        passed_over = {*self.ignore, *(settings.ignore if settings else ())}
        return frozenset(code for code, each in LINT.items() if each.enabled or code in enabled) - passed_over


def lint(subjects: Iterable[Subject], landscape: Landscape, choice: Choice = Choice()) -> list[Problem]:  # noqa: B008
    """What the rules find in some files, one file after another, each in the order of its lines."""
    return [problem for subject in subjects for problem in _in(subject, landscape, choice.codes(subject))]


def _in(subject: Subject, landscape: Landscape, codes: frozenset[str]) -> list[Problem]:
    found = [
        _problem(code, finding)
        for code, check in RULES.items()
        if code in codes and code in _OF_KIND.get(subject.kind, RULES)
        for finding in check(subject, landscape)
        # Steps of a template are looked at where they stand.
        if finding.place.file == subject.file
    ]
    notes = ignored(subject.text, subject.file.rpartition(".")[2])
    if notes and not subject.kind:
        # What is found of a script is of the whole of it.
        notes = [note._replace(target=1) for note in notes]
    if notes:
        silenced = {(note.code, note.target) for note in notes}
        useless = list(_useless(subject, notes, {(each.code, each.place.line) for each in found}, codes))
        found = [each for each in found if (each.code, each.place.line) not in silenced] + useless
    return sorted(found, key=lambda each: (each.place.line, each.place.column, each.code))


def _useless(
    subject: Subject, notes: list[Ignored], found: Collection[tuple[str, int]], codes: frozenset[str]
) -> Iterator[Problem]:
    if USELESS not in codes:
        return
    for note in notes:
        place = Place(subject.file, note.line, note.column)
        if note.code not in LINT:
            message = f"there is no rule {note.code[:60]!r} to ignore"
            yield _problem(USELESS, Finding(message, place, hint(note.code, LINT)))
        elif note.code in codes and (note.code, note.target) not in found:
            yield _problem(USELESS, Finding(f"`{note.code}` finds nothing in line {note.target}", place))


def _problem(code: str, finding: Finding) -> Problem:
    return Problem(code, finding.message, finding.place, finding.hint, LINT[code].severity)
