"""`airdock test`: runs the flow tests of a folder."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from airdock.cli.folder import checked_folder
from airdock.cli.terminal import fail, json_text, say

if TYPE_CHECKING:
    from airdock.testing import TestReport


def command(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder of projects.", show_default="the current one")
    ] = Path(),
    filter: Annotated[
        str, typer.Option("--filter", "-k", metavar="TEXT", help="Only tests whose file or name has this text in it.")
    ] = "",
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Name each test, not failed ones alone.")] = False,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Tell which steps, cases and error branches no test comes by.")
    ] = False,
    fail_under: Annotated[
        float | None,
        typer.Option("--fail-under", metavar="PERCENT", min=0, max=100, help="Fail below this coverage."),
    ] = None,
    coverage_json: Annotated[
        Path | None, typer.Option("--coverage-json", metavar="FILE", help="Write the coverage to a file, as JSON.")
    ] = None,
    junit: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE", help="Write the results to a file, as JUnit XML.")
    ] = None,
    update_snapshots: Annotated[
        bool, typer.Option("--update-snapshots", "-u", help="Write down the answers that tests compare with snapshots.")
    ] = False,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Run them again whenever a file changes.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Run the flow tests of a folder.

    Tests are files `*.test.json` and `*.test.yaml`. Each runs by itself and in a time of its own: nothing waits really.
    The exit code is 0 when all tests passed, 1 when one failed or the coverage is too low, 2 when tests cannot be run
    or there are none.

    \b
    Examples:
      airdock test
      airdock test services --filter order
      airdock test --coverage --fail-under 90 --junit tests.xml
    """
    from airdock.cli.test_report import Wanted, show

    root = checked_folder(folder)
    wanted = Wanted(
        verbose=verbose, coverage=coverage or fail_under is not None, fail_under=fail_under, junit=junit,
        coverage_json=coverage_json,
    )  # fmt: skip
    covers = wanted.coverage or coverage_json is not None

    def run() -> "TestReport":
        from airdock.testing import run_tests

        begin_test_logging()
        return run_tests(root, filter=filter, coverage=covers, update_snapshots=update_snapshots)

    if watch:
        from airdock.cli.test_watch import run_again

        run_again(root, lambda: show(run(), root, wanted))
        return
    report = run()
    if not report.files:
        fail(f"no test of {root} has {filter!r} in its name" if filter else f"there are no tests in {root}", 2)
    if json:
        from airdock.cli.test_report import as_document, write_files

        say(json_text(as_document(report, root)))
        write_files(report, root, wanted)
    else:
        show(report, root, wanted)
    if code := exit_code(report, fail_under):
        raise typer.Exit(code)


def begin_test_logging() -> None:
    """Flows write all their lines, for tests to see; of the rest only what must not happen is shown."""
    import logging

    from airdock.server.log_lines import begin_logging

    begin_logging("debug")
    logging.getLogger("airdock").setLevel(logging.ERROR)


def exit_code(report: "TestReport", fail_under: float | None = None) -> int:
    """0, 1 or 2, as the command ends."""
    if report.problems:
        return 2
    too_low = fail_under is not None and report.coverage is not None and report.coverage.percent < fail_under
    return 1 if too_low or not report.passed else 0
