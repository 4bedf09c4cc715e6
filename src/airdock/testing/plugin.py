"""Flow tests in pytest. In the `conftest.py` at the root of the tests: `pytest_plugins = ["airdock.testing.plugin"]`.

pytest then collects `*.test.json` and `*.test.yaml`. The folder of projects is the one that the project of the test
stands in, or what the setting `airdock_root` of pytest's configuration names.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from airdock.agent.paths import TYPE_FOLDERS
from airdock.agent.source import FolderSource
from airdock.testing.runner.results import CaseResult
from airdock.testing.runner.runner import Runnable, Runner

SUFFIXES = (".test.json", ".test.yaml", ".test.yml")
_PROJECT_FILES = ("project.json", "project.yaml", "project.yml")
_RUNNERS = pytest.StashKey[dict[Path, Runner]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("airdock_root", "The folder of projects whose flow tests are run.")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "FlowTestFile | None":
    if not file_path.name.endswith(SUFFIXES):
        return None
    return FlowTestFile.from_parent(parent, path=file_path)


class FlowTestFile(pytest.File):
    """A file of flow tests."""

    def collect(self) -> Iterator["FlowTestItem"]:
        root = self._root()
        runners = self.config.stash.setdefault(_RUNNERS, {})
        if root not in runners:
            runners[root] = Runner(FolderSource(root), root.joinpath)
        runner = runners[root]
        path = self.path.resolve()
        file = next((each for each in runner.bench.files if (root / each.shown).resolve() == path), None)
        if file is None:
            raise self.CollectError(f"{self.path} is no file of flow tests of a project in {root}")
        problems = runner.problems(file)
        if problems:
            raise self.CollectError("\n".join(map(str, problems)))
        for runnable in runner.cases(file):
            yield FlowTestItem.from_parent(self, name=runnable.name, runnable=runnable)

    def _root(self) -> Path:
        written = str(self.config.getini("airdock_root"))
        if written:
            return (self.config.rootpath / written).resolve()
        folder = self.path.resolve().parent
        for each in (folder, *folder.parents[:3]):
            if any((each / name).is_file() for name in _PROJECT_FILES):
                return each.parent
        return folder.parent.parent if folder.name in TYPE_FOLDERS else folder.parent


class FlowTestItem(pytest.Item):
    """A case of a flow test."""

    def __init__(self, *, runnable: Runnable, **options: Any) -> None:
        super().__init__(**options)
        self.runnable = runnable

    def runtest(self) -> None:
        result = self.runnable.run()
        if result.outcome == "skipped":
            pytest.skip(result.reason)
        if result.failures:
            raise FlowTestError(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        error = excinfo.value
        return str(error) if isinstance(error, FlowTestError) else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, max(self.runnable.case.place.line - 1, 0), self.name


class FlowTestError(AssertionError):
    """Expectations of a case were not met."""

    def __init__(self, result: CaseResult) -> None:
        steps = [f"steps of {run.exchange.run.flow}: {', '.join(run.steps) or 'none'}" for run in result.runs]
        super().__init__("\n".join([*(failure.text for failure in result.failures), *steps]))
