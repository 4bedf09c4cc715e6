"""Error codes are declared once, used somewhere, and explained."""

import ast
import re

import pytest

from airdock.codes import CODES, ErrorCode
from tests.structure.source import PACKAGE, calls, modules, texts

RAISERS = ("FlowError", "Problem")
"""What takes an error code as its first argument, or as `code`."""

SOURCES = [PACKAGE / module for module in modules()]


def _literal(node: ast.expr) -> list[str]:
    """The texts that an argument can be: a constant, or either side of a conditional."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    return _literal(node.body) + _literal(node.orelse) if isinstance(node, ast.IfExp) else []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_code_that_is_raised_is_declared(path: object) -> None:
    for call in calls(path, *RAISERS):  # type: ignore[arg-type]
        arguments = call.args[:1] or [keyword.value for keyword in call.keywords if keyword.arg == "code"]
        for code in (text for argument in arguments for text in _literal(argument)):
            assert code in CODES, f"line {call.lineno}: declare {code!r} in airdock.codes"


def test_every_declared_code_is_used() -> None:
    elsewhere = (text for path in SOURCES if path.parent.name != "codes" for text, _ in texts(path))
    scripts = "".join(path.read_text() for path in PACKAGE.rglob("*.js"))
    unused = {code for code in set(CODES) - set(elsewhere) if f'"{code}"' not in scripts}
    assert not unused, f"nothing raises {', '.join(sorted(unused))}"


@pytest.mark.parametrize("code", CODES.values(), ids=list(CODES))
def test_a_code_tells_its_story(code: ErrorCode) -> None:
    assert re.fullmatch(r"[a-z][A-Za-z]*(\.[a-z][A-Za-z0-9]*)*", code.code)
    assert code.meaning.endswith(".")
    assert code.advice.endswith(".")
    assert 400 <= code.status <= 599
