import pytest

from airdock.errors import FlowError
from airdock.exchange import Exchange, Run
from airdock.expressions import compile_expression
from airdock.spec.error_filter import ErrorFilter

EXCHANGE = Exchange(Run("id", "p/f.flow"))


@pytest.mark.parametrize(
    ("on", "code", "taken"),
    [
        ((), "a.b", True),
        (("a.b",), "a.b", True),
        (("a.*",), "a.b.c", True),
        (("b",), "a.b", True),
        (("x", "a.*"), "a.b", True),
        (("a",), "a.b", False),
        (("A.B",), "a.b", False),
        (("*.c",), "a.b", False),
    ],
)
def test_by_code(on: tuple[str, ...], code: str, taken: bool) -> None:
    assert ErrorFilter(on).takes(FlowError(code, "m"), EXCHANGE) is taken


@pytest.mark.parametrize(
    ("pattern", "taken"), [("http.503", True), ("http.5xx", True), ("http.4xx", False), ("http.*", True)]
)
def test_by_upstream_status(pattern: str, taken: bool) -> None:
    error = FlowError("connector.failed", "m", details={"status": 503})
    assert ErrorFilter((pattern,)).takes(error, EXCHANGE) is taken


def test_by_expression_which_sees_the_error_only_then() -> None:
    when = compile_expression("error.code = 'a.b'")
    assert ErrorFilter((), when).takes(FlowError("a.b", "m"), EXCHANGE)
    assert not ErrorFilter((), when).takes(FlowError("c.d", "m"), EXCHANGE)
    assert "error" not in EXCHANGE.document
