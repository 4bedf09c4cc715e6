"""Runs the tests of a folder."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from airdock.agent.content import Source
from airdock.agent.paths import project_of
from airdock.agent.source import FolderSource
from airdock.errors import AirdockError, DescriptorError, Problem
from airdock.spec.catalogue import Catalogue
from airdock.spec.flow_test import FlowCase, FlowTest
from airdock.spec.flow_test.mock import Target
from airdock.testing.mocks import Mocks
from airdock.testing.runner.bench import Bench, CaseFile
from airdock.testing.runner.checks import check_case
from airdock.testing.runner.coverage import Coverage, CoveredMocks
from airdock.testing.runner.player import Player
from airdock.testing.runner.references import References
from airdock.testing.runner.results import CaseResult, Failure, FileResult, TestReport
from airdock.testing.runner.rows import row_name, rows_of
from airdock.testing.runner.snapshots import Snapshots
from airdock.testing.runner.trial import Trial
from airdock.testing.virtual import StuckError, VirtualClock, run_virtually

LONGEST = 30.0
"""Real seconds after which a test is given up that waits for something."""

Told = Callable[[CaseResult], None]


class Runner:
    """Runs tests, one after another, each in a world of its own.

    Attributes:
        bench: The folder. coverage: What the tests came by; None where that is not asked for.
    """

    def __init__(
        self,
        source: Source,
        locate: Callable[[str], Path],
        *,
        coverage: bool = False,
        update_snapshots: bool = False,
        steps: Catalogue | None = None,
    ) -> None:
        """
        Args:
            source: The projects. locate: Where a file is that its author knows by a path, `shop/order.test.yaml`.
            steps: Those that flows may have; the built-in ones if left out.
        """
        self.bench = Bench(source, steps)
        self._locate = locate
        self.coverage = Coverage(self.bench.flows) if coverage else None
        self._references = References(self.bench)
        self._update = update_snapshots

    def run(self, filter: str = "", told: Told | None = None) -> TestReport:
        """Runs the tests whose file or name has a text in it.

        Args:
            told: Called with each result.
        """
        report = TestReport(coverage=self.coverage)
        for file in self.bench.files:
            result = self.run_file(file, filter, told)
            if result.cases or result.problems:
                report.files.append(result)
        return report

    def run_file(self, file: CaseFile, filter: str = "", told: Told | None = None) -> FileResult:
        """Runs the tests of one file, those of a name or all."""
        result = FileResult(file.path, file.shown, problems=self.problems(file))
        if result.problems:
            return result
        snapshots = Snapshots(self._locate(file.shown), self._update)
        whole = True
        for each in self.cases(file, snapshots):
            if filter and filter.lower() not in f"{file.shown} {each.name}".lower():
                whole = False
                continue
            ended = each.run()
            result.cases.append(ended)
            if told is not None:
                told(ended)
        snapshots.save(whole)
        return result

    def problems(self, file: CaseFile) -> list[Problem]:
        """Why none of the tests of a file can run."""
        if file.test is None:
            return list(file.artefact.problems)
        return list(self._references.problems(file.test, file.path))

    def cases(self, file: CaseFile, snapshots: Snapshots | None = None) -> "Iterator[Runnable]":
        """The tests of a file that has no problems."""
        if file.test is None:
            return
        snapshots = snapshots or Snapshots(self._locate(file.shown), self._update)
        read = self._reader(file)
        for case in file.test.cases:
            try:
                rows = rows_of(case, read)
            except (OSError, ValueError) as error:
                failure = Failure(case.place_of("rows"), f"the rows of {case.rows} cannot be read: {error}")
                yield Runnable(self, file, case, case.name, None, snapshots, failure)
                continue
            for number, row in enumerate(rows, 1):
                yield Runnable(self, file, case, row_name(case, number, row), row, snapshots)

    def _reader(self, file: CaseFile) -> Callable[[str], bytes]:
        beside = self._locate(file.shown).parent
        project = file.shown.partition("/")[0] if "/" in file.shown else ""
        root = self._locate(project).resolve()

        def read(name: str) -> bytes:
            found = (beside / name).resolve()
            if not found.is_relative_to(root):
                raise OSError(f"{name} leads out of the project")
            return found.read_bytes()

        return read

    def trial(self, test: FlowTest, case: FlowCase, path: str) -> Trial:
        """A world for a case."""
        clock = VirtualClock()
        watched: list[Target] = list(case.expect.calls) if case.expect is not None else []
        mocks = [*case.mocks, *test.mocks]
        if self.coverage is None:
            made = Mocks(mocks, clock, watched)
        else:
            made = covered = CoveredMocks(mocks, clock, watched)
            covered.coverage = self.coverage
        return Trial(self.bench, test, project_of(path), made, clock)


class Runnable:
    """A case for one of its rows, ready to run.

    Attributes:
        name: That of the case, with the row behind it.
    """

    def __init__(
        self,
        runner: Runner,
        file: CaseFile,
        case: FlowCase,
        name: str,
        row: dict[str, Any] | None,
        snapshots: Snapshots,
        failure: Failure | None = None,
    ) -> None:
        self.name = name
        self.case = case
        self._runner = runner
        self._file = file
        self._row = row
        self._snapshots = snapshots
        self._failure = failure

    def run(self) -> CaseResult:
        """Runs it. What goes wrong is in the result."""
        result = CaseResult(self.name, self._file.path, self.case.place)
        if self.case.skip:
            result.outcome, result.reason = "skipped", self.case.skip
            return result
        began = time.perf_counter()
        result.failures = [self._failure] if self._failure is not None else list(self._failures(result))
        result.outcome = "failed" if result.failures else "passed"
        result.seconds = time.perf_counter() - began
        return result

    def _failures(self, result: CaseResult) -> Iterator[Failure]:
        test = self._file.test
        assert test is not None  # noqa: S101 -- files with problems have no cases
        trial = self._runner.trial(test, self.case, self._file.path)
        player = Player(trial, self.case, test.tested(self._file.path), self._row, self._runner._reader(self._file))
        try:
            run_virtually(player.play, LONGEST)
        except StuckError as error:
            yield Failure(self.case.place, f"the test did not end: {error}", _last_steps(trial))
        except DescriptorError as error:
            yield from (Failure(self.case.place, str(problem)) for problem in error.problems)
            return
        result.runs = [each.run for each in player.played.answers if each.run is not None]
        try:
            yield from check_case(player)
        except AirdockError as error:
            yield Failure(self.case.place, f"an expectation cannot be told: {error}")
        yield from self._snapshot(player)

    def _snapshot(self, player: Player) -> Iterator[Failure]:
        answers = player.played.answers
        for number, answered in enumerate(answers, 1):
            asking = [answered.message.expect, self.case.expect if answered is answers[-1] else None]
            expected = next((each for each in asking if each is not None and each.snapshot), None)
            if expected is not None:
                name = self.name if len(answers) == 1 else f"{self.name} ({number})"
                failure = self._snapshots.check(name, answered, expected.place_of("snapshot"))
                if failure is not None:
                    yield failure


def _last_steps(trial: Trial) -> list[str]:
    return [f"+ called {call.kind} {call.name}" for call in trial.mocks.calls[-5:]]


def run_tests(
    folder: str | Path,
    *,
    filter: str = "",
    coverage: bool = False,
    update_snapshots: bool = False,
    told: Told | None = None,
) -> TestReport:
    """Runs the tests of a folder of projects.

    Args:
        filter: Only tests whose file or name has this text in it.
        coverage: Whether `report.coverage` tells what of the flows they came by.
        update_snapshots: Whether snapshots that differ are written down anew.
        told: Called with each result.
    """
    root = Path(folder).resolve()
    runner = Runner(FolderSource(root), root.joinpath, coverage=coverage, update_snapshots=update_snapshots)
    return runner.run(filter, told)
