"""Each module has a test where a reader looks for it, and a size that one name can stand for."""

from functools import cache
from pathlib import Path

import pytest

from tests.structure.source import PACKAGE, ROOT, UNIT, dotted, imported, modules

LONGEST = 350
"""Lines beyond which a module holds more than one thing."""

CODE_AREAS = [path.stem for path in (PACKAGE / "codes").glob("[a-z]*.py")]

ELSEWHERE = {
    "cli/activate.py": "service/test_command_line.py",
    "cli/deactivate.py": "service/test_command_line.py",
    "cli/diff.py": "service/test_command_line.py",
    "cli/login.py": "service/test_command_line.py",
    "cli/logout.py": "service/test_command_line.py",
    "cli/project/archive.py": "service/test_command_line.py",
    "cli/project/fetch.py": "service/test_command_line.py",
    "cli/project/local.py": "service/test_command_line.py",
    "cli/project/release.py": "service/test_command_line.py",
    "cli/project/send.py": "service/test_command_line.py",
    "cli/publish.py": "service/test_command_line.py",
    "cli/pull.py": "service/test_command_line.py",
    "cli/push.py": "service/test_command_line.py",
    "cli/releases.py": "service/test_command_line.py",
    "cli/rollback.py": "service/test_command_line.py",
    "cli/routes.py": "service/test_command_line.py",
    "cli/unpublish.py": "service/test_command_line.py",
    **{f"codes/{area}.py": "structure/test_errors.py" for area in CODE_AREAS},
    "compiler.py": "unit/engine/test_pipeline.py",
    "engine/branches.py": "unit/steps/test_wire_tap.py",
    "engine/clock.py": "unit/steps/test_delay.py",
    "engine/flow.py": "unit/steps/test_flow.py",
    "engine/part.py": "unit/steps/test_wire_tap.py",
    "engine/runtime.py": "unit/steps/test_wire_tap.py",
    "engine/validation.py": "unit/engine/test_pipeline.py",
    "database/migrations/env.py": "unit/database/test_database.py",
    "logs.py": "unit/steps/test_log.py",
    "sealer.py": "unit/secrets/test_sealing.py",
    "state.py": "unit/stores/test_contract.py",
    "server/asgi.py": "service/test_mount.py",
    "server/children.py": "service/test_shutdown.py",
    "server/management/serve.py": "service/test_ports.py",
    "server/trigger_process.py": "service/test_triggers.py",
    "server/processes.py": "service/test_shutdown.py",
    "server/worker.py": "service/test_ports.py",
    "server/workers.py": "service/test_ports.py",
}
"""Modules whose work shows only in something larger, and the test that looks at it there."""

NAMED = {dotted(module): module for module in modules()}


# Migrations are run by the tests of the tables that they make.
TESTED = [module for module in modules() if not module.stem.startswith("__") and module.parent.name != "versions"]


@pytest.mark.parametrize("module", TESTED, ids=str)
def test_module_has_a_test_that_mirrors_it(module: Path) -> None:
    """`a/b.py` is tested by `tests/unit/a/test_b.py`, or by another test in `tests/unit/a`.

    Such another test imports it, or imports a module of the same folder that uses it. What a folder inside another has
    for that one's modules may be tested by their tests.
    """
    if module.as_posix() in ELSEWHERE:
        assert (ROOT / "tests" / ELSEWHERE[module.as_posix()]).is_file()
        return
    mirror = UNIT / module.parent / f"test_{module.stem}.py"
    within = [folder for folder in module.parents if folder.parts] or [module.parent]
    assert mirror.is_file() or any(module in _reached(folder) for folder in within), (
        f"write {mirror.relative_to(ROOT)}, or import {dotted(module)} in a test beside it"
    )


@cache
def _reached(folder: Path) -> set[Path]:
    """The modules of a folder that its tests lead to, directly or through other modules of the folder."""
    beside = {module for module in NAMED.values() if module.parent == folder}
    if folder.parts:
        beside |= {module for module in NAMED.values() if module.is_relative_to(folder)}
    waiting = {name for test in (UNIT / folder).rglob("*.py") for name in imported(test)}
    waiting |= {dotted(module) for module in beside if (UNIT / module.parent / f"test_{module.stem}.py").is_file()}
    found: set[Path] = set()
    while waiting:
        module = NAMED.get(waiting.pop())
        if module in beside and module not in found:
            found.add(module)
            waiting |= imported(PACKAGE / module)
    return found


@pytest.mark.parametrize("module", modules(), ids=str)
def test_module_is_short(module: Path) -> None:
    lines = len((PACKAGE / module).read_text().splitlines())
    assert lines <= LONGEST, f"{module} has {lines} lines: split it by what its parts are for"


@pytest.mark.parametrize("test", sorted(UNIT.rglob("test_*.py")), ids=lambda path: str(path.relative_to(UNIT)))
def test_unit_test_lies_where_its_module_does(test: Path) -> None:
    folder = PACKAGE / test.parent.relative_to(UNIT)
    assert folder.is_dir(), f"there is no {folder.relative_to(ROOT)} that this test could mirror"
