"""The project's files as the structure tests read them."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "airdock"
UNIT = ROOT / "tests" / "unit"


def modules() -> list[Path]:
    """Every source module, relative to the package. Folders without `__init__.py` hold data, not modules."""
    found = (path for path in PACKAGE.rglob("*.py") if (path.parent / "__init__.py").is_file())
    return sorted(path.relative_to(PACKAGE) for path in found)


def dotted(module: Path) -> str:
    """The name by which a module, or a package by its `__init__.py`, is imported."""
    parts = module.parent.parts if module.name == "__init__.py" else module.with_suffix("").parts
    return ".".join(["airdock", *parts])


@cache
def syntax(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def imported(path: Path) -> set[str]:
    """Dotted names of all that a file imports; for `from a import b` both `a` and `a.b`."""
    names: set[str] = set()
    for node in ast.walk(syntax(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def texts(path: Path) -> Iterator[tuple[str, int]]:
    """Every text constant of a module, with its line."""
    for node in ast.walk(syntax(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value, node.lineno


def calls(path: Path, *names: str) -> Iterator[ast.Call]:
    """Every call of a function or class of one of the names."""
    for node in ast.walk(syntax(path)):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in names:
                yield node


@cache
def tracked() -> list[Path]:
    """Every file that belongs to the project; without git, every file of the folders that hold its text."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listing.returncode == 0:
        found = [ROOT / name for name in listing.stdout.decode().split("\0") if name]
    else:
        folders = ("src", "tests", "docs", "examples", "benchmarks", "scripts")
        found = [path for folder in folders for path in (ROOT / folder).rglob("*") if "__pycache__" not in path.parts]
    return [path for path in found if path.is_file()]


def tracked_texts() -> Iterator[tuple[str, str]]:
    """Name and text of each file of the project that is text."""
    for path in tracked():
        try:
            yield path.relative_to(ROOT).as_posix(), path.read_text()
        except UnicodeDecodeError:
            continue
