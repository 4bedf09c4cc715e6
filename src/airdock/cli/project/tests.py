"""The flow tests of a project, run before it is sent."""

from pathlib import Path
from typing import Annotated

import typer

from airdock.cli.project.files import read_files
from airdock.cli.project.state import load_state
from airdock.cli.terminal import fail

TestOption = Annotated[
    bool, typer.Option("--test", help="Run the flow tests of the folder first; nothing is sent unless they pass.")
]


def check_tests(folder: Path | None, project: str | None) -> None:
    """Runs the tests of a folder that is a project; ends the program as `airdock test` does unless all passed.

    Args:
        folder: None where a project was named that is no folder. project: Its name, where that is not the folder's.
    """
    from airdock.cli.test import begin_test_logging, exit_code
    from airdock.cli.test_report import Wanted, show
    from airdock.testing.runner.runner import Runner
    from airdock.testing.runner.stand_in_source import ProjectSource

    if folder is None:
        fail("--test is for a folder: name the one that has the project", 2)
    name = project or load_state(folder).project or folder.resolve().name
    begin_test_logging()
    report = Runner(
        ProjectSource(name, read_files(folder)), lambda shown: folder / shown.removeprefix(name).lstrip("/")
    ).run()
    if not report.files:
        fail(f"there are no tests in {folder}", 2)
    if code := exit_code(report):
        show(report, folder.resolve().parent, Wanted())
        fail("nothing was sent, as not all tests passed", code)
    typer.echo(f"{report.count('passed')} tests passed", err=True)
