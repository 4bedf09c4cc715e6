import pytest

from airdock.spec import kinds
from airdock.spec.kinds import Kind
from airdock.spec.step import Step
from airdock.spec.words import describe, prose, summary


def test_prose_leaves_out_technical_sections(choose: type[Step]) -> None:
    assert prose(choose) == "Chooses a flow. It is the first that fits.\n\nMore prose, with a `word`."
    assert summary(choose) == "Chooses a flow."


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (kinds.Choice(("a", "b")), "`a`, `b`"),
        (kinds.Integer(), "whole number"),
        (kinds.Integer(1), "whole number, at least 1"),
        (kinds.Number(maximum=1), "number, at most 1"),
        (kinds.Literal(), "any value"),
        (kinds.Literal(("object", "array")), "object or list"),
        (kinds.Template(("string", "object", "array")), "text, object or list; may hold `${}`"),
        (kinds.Template(("string",), of=kinds.Size()), 'size, such as `"10MB"`; may hold `${}`'),
        (kinds.ListOf(kinds.Text()), "list of texts"),
        (kinds.ListOf(kinds.Choice(("a", "b"))), "list of `a`, `b`"),
        (kinds.MapOf(kinds.Template()), "object of values; they may hold `${}`"),
        (kinds.MapOf(kinds.TEXT_TEMPLATE), "object of texts; they may hold `${}`"),
        (kinds.MapOf(kinds.Literal()), "object of values"),
        (kinds.OneOf((kinds.Boolean(), kinds.Steps())), "`true` or `false` or list of steps"),
        (kinds.Module((".js", ".py")), "path to a `.js` or `.py` file, from the project on"),
        (kinds.Module(), "path, from the project on"),
    ],
)
def test_kinds_are_called(kind: Kind, words: str) -> None:
    assert describe(kind) == words
