"""Cases of a `condition` whose messages earlier cases take."""

from collections.abc import Iterator

from airdock.lint.constants import constant_value
from airdock.lint.landscape import Landscape
from airdock.lint.subject import Finding, Subject
from airdock.steps.condition import Case, Condition, as_text

CODE = "lint.unreachableCase"


def check(subject: Subject, landscape: Landscape) -> Iterator[Finding]:
    for step in subject.steps:
        if isinstance(step, Condition):
            yield from _unreachable(step)


def _unreachable(step: Condition) -> Iterator[Finding]:
    taken = _Taken()
    for case in step.cases:
        line = taken.by(case)
        if line:
            yield Finding(f"no message reaches this case: the one in line {line} takes it", case.place)
        taken.add(case)
    if step.otherwise is not None and (line := taken.all_in):
        message = f"no message reaches `otherwise`: the cases up to line {line} take all"
        yield Finding(message, step.place_of("otherwise"))


class _Taken:
    """What the cases so far take, each with its line."""

    def __init__(self) -> None:
        self.all_in = 0
        self._values: dict[tuple[str, str], int] = {}
        self._whens: dict[str, int] = {}

    def by(self, case: Case) -> int:
        """The line of the case that takes what a case could match; 0 for none."""
        if self.all_in:
            return self.all_in
        if case.when is not None:
            return self._whens.get(case.when.source.strip(), 0)
        value = _value(case)
        # What is absent is not any.
        general = 0 if value == "null" else self._values.get((case.key, "any"), 0)
        return general or self._values.get((case.key, value), 0)

    def add(self, case: Case) -> None:
        line = case.place.line
        if case.when is not None:
            self._whens.setdefault(case.when.source.strip(), line)
            if constant_value(case.when) is True:
                self.all_in = self.all_in or line
            return
        self._values.setdefault((case.key, _value(case)), line)
        if (case.key, "any") in self._values and (case.key, "null") in self._values:
            self.all_in = self.all_in or line


def _value(case: Case) -> str:
    text = as_text(case.value)
    return text.lower() if text.lower() in ("any", "null") else text
