"""The flow tests of the examples pass."""

from pathlib import Path

from airdock.testing import run_tests


def test_examples(root: Path) -> None:
    report = run_tests(root / "examples")
    failed = [f"{case.path}: {case.name}\n{failure.text}" for case in report.cases for failure in case.failures]
    assert (report.problems, failed) == ([], [])
    assert report.count("passed") > 40
