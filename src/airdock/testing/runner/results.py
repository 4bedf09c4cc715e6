"""How tests ended."""

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from airdock.errors import Place, Problem
from airdock.testing.recording import RecordedRun

Outcome = Literal["passed", "failed", "skipped"]


class Failure(NamedTuple):
    """An expectation that was not met.

    Attributes:
        place: Where it stands. message: What was not met. difference: Lines of `- expected` and `+ actual`.
    """

    place: Place
    message: str
    difference: list[str] = []

    @property
    def text(self) -> str:
        """All of it in lines."""
        return "\n".join([f"{self.place}: {self.message}", *(f"  {line}" for line in self.difference)])


@dataclass
class CaseResult:
    """How a case ended, for one of its rows.

    Attributes:
        name: That of the case, with the row behind it. path: Registry path of the file.
        runs: Those of its messages. seconds: Real time that it took.
    """

    name: str
    path: str
    place: Place
    outcome: Outcome = "passed"
    failures: list[Failure] = field(default_factory=list)
    reason: str = ""
    runs: list[RecordedRun] = field(default_factory=list)
    seconds: float = 0.0


@dataclass
class FileResult:
    """How the tests of a file ended.

    Attributes:
        path: Its registry path. shown: The file, relative to the folder. problems: Why none of them can run.
    """

    path: str
    shown: str
    cases: list[CaseResult] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass
class TestReport:
    """How all tests ended.

    Attributes:
        coverage: A `Coverage`, where it was asked for.
    """

    __test__ = False

    files: list[FileResult] = field(default_factory=list)
    coverage: Any = None

    @property
    def cases(self) -> list[CaseResult]:
        return [case for file in self.files for case in file.cases]

    def count(self, outcome: Outcome) -> int:
        """How many cases ended so."""
        return sum(1 for case in self.cases if case.outcome == outcome)

    @property
    def problems(self) -> list[Problem]:
        """Why files cannot run."""
        return [problem for file in self.files for problem in file.problems]

    @property
    def passed(self) -> bool:
        """Whether all tests that are not skipped passed, and all files could run."""
        return not self.problems and not self.count("failed")
