"""Syntax errors are told in the words of the author, with what is usual in other languages in mind."""

import pytest

from airdock.expressions import ExpressionSyntaxError, compile_expression


@pytest.mark.parametrize(
    ("source", "offset", "message"),
    [
        ("$sum(body.items.(price * ))", 25, "a value is missing before `)` (S0211)"),
        ("{'a': 1,}", 8, "a value is missing before `}` (S0211)"),
        ("body.x == 'a'", 8, "equality is `=`, not `==` (S0211)"),
        ("body.x === 'a'", 8, "equality is `=`, not `===` (S0211)"),
        ("a && b", 3, "write `and`, not `&&` (S0211)"),
        ("a || b", 2, "write `or`, not `||` (S0201)"),
        ("a <> b", 3, "inequality is `!=`, not `<>` (S0211)"),
        ("x => x", 3, "a function is written `function($x){ … }` (S0211)"),
        ("!a", 0, "`!` is not known: write `$not(…)` (S0204)"),
        ("a and not b", 10, "`not` is a function: write `$not(…)` (S0201)"),
        ("$sum(a", 6, "`)` is missing at the end (S0203)"),
        ("{'a' 1}", 5, "`:` is missing before `1` (S0202)"),
        ("$sum(a))", 7, "there is a `)` too many (S0201)"),
        ("1..9", 1, "a range is written in brackets, such as `[1..9]` (S0201)"),
        ("body b", 5, "`b` is not expected here: perhaps an operator is missing before it (S0201)"),
        ("1 2", 2, "`2` is not expected here: perhaps an operator is missing before it (S0201)"),
        ("a | b", 2, "`|` is not expected here (S0201)"),
        ("a := 1", 0, "what stands before `:=` must be a variable, such as `$total` (S0212)"),
        ("null.x", 0, "The literal value null cannot be used as a step within a path expression (S0213)"),
    ],
)
def test_syntax_errors_in_the_words_of_the_author(source: str, offset: int, message: str) -> None:
    with pytest.raises(ExpressionSyntaxError) as raised:
        compile_expression(source)
    assert (raised.value.message, raised.value.offset) == (message, offset)
