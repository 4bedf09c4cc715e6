"""Flow tests in pytest."""

import os
import subprocess
import sys

from tests.unit.flows import Flows, output


def run_pytest(flows: Flows, *arguments: str) -> tuple[int, str]:
    flows.write("conftest.py", 'pytest_plugins = ["airdock.testing.plugin"]\n')
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    alone = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=flows.folder, env=alone, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_cases_are_items(flows: Flows) -> None:
    flows.write("services/p/f.flow", {"steps": [output(name="say")]})
    cases = [
        {"name": "good", "rows": [{"a": 1}, {"a": 2}]},
        {"name": "bad", "expect": {"text": "other"}},
        {"name": "late", "skip": "not yet"},
    ]
    flows.write("services/p/f.test.json", {"cases": cases})
    flows.write("services/p/TestCases/g.test.json", {"flow": "/p/f.flow", "cases": [{"name": "in a folder"}]})
    flows.write("services/p/wrong.test.yaml", "cases: []\n")
    code, printed = run_pytest(flows, "-v", "--continue-on-collection-errors", "-rs")
    assert code == 1
    assert "services/p/f.test.json::good [1: a=1] PASSED" in printed
    assert "services/p/f.test.json::bad FAILED" in printed
    assert "the answer's text differs\n  - other\n  + done\nsteps of p/f.flow: say\n" in printed
    assert "services/p/f.test.json::late SKIPPED (not yet)" in printed
    assert "services/p/TestCases/g.test.json::in a folder PASSED" in printed
    assert "p/wrong.test.yaml:1:8: `cases` must have at least 1 item" in printed


def test_the_folder_of_projects_is_the_one_above_the_project(flows: Flows) -> None:
    flows.write("p/project.json", {})
    flows.write("p/f.flow", {"steps": [output()]})
    flows.write("p/deep/tests/f.test.json", {"flow": "/p/f.flow", "cases": [{"name": "deep"}]})
    assert run_pytest(flows, "-q")[0] == 0


def test_the_folder_may_be_named(flows: Flows) -> None:
    flows.write("p/f.flow", {"steps": [output()]})
    flows.write("p/deep/f.test.json", {"flow": "/p/f.flow", "cases": [{"name": "deep"}]})
    assert run_pytest(flows, "-q")[0] == 2
    flows.write("pytest.ini", "[pytest]\nairdock_root = .\n")
    assert run_pytest(flows, "-q")[0] == 0
