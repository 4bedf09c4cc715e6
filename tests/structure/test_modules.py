"""Each module has a test where a reader looks for it, and a size that one name can stand for."""

from pathlib import Path

import pytest

from tests.structure.source import PACKAGE, ROOT, UNIT, imported, modules

LONGEST = 350
"""Lines beyond which a module holds more than one thing."""

TESTED = [module for module in modules() if module.name not in {"__init__.py", "__main__.py"}]


@pytest.mark.parametrize("module", TESTED, ids=str)
def test_module_has_a_test_that_mirrors_it(module: Path) -> None:
    """`a/b.py` is tested by `tests/unit/a/test_b.py`, or by another test in `tests/unit/a` that imports it."""
    folder = UNIT / module.parent
    mirror = folder / f"test_{module.stem.rstrip('_')}.py"
    dotted = ".".join(["airdock", *module.with_suffix("").parts])
    beside = folder.rglob("test_*.py") if module.parent.parts else folder.glob("test_*.py")
    assert mirror.is_file() or any(dotted in imported(test) for test in beside), (
        f"write {mirror.relative_to(ROOT)}, or import {dotted} in a test beside it"
    )


@pytest.mark.parametrize("module", modules(), ids=str)
def test_module_is_short(module: Path) -> None:
    lines = len((PACKAGE / module).read_text().splitlines())
    assert lines <= LONGEST, f"{module} has {lines} lines: split it by what its parts are for"


@pytest.mark.parametrize("test", sorted(UNIT.rglob("test_*.py")), ids=lambda path: str(path.relative_to(UNIT)))
def test_unit_test_lies_where_its_module_does(test: Path) -> None:
    folder = PACKAGE / test.parent.relative_to(UNIT)
    assert folder.is_dir(), f"there is no {folder.relative_to(ROOT)} that this test could mirror"
