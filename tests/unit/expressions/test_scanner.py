"""Where the expressions in a text end."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.expressions import ExpressionSyntaxError
from airdock.expressions.scanner import large_integers, pieces, tokens
from tests.unit.expressions.documents import refusal

strings = st.text(max_size=5).map(json.dumps)
names = st.text(alphabet="ab }{$'\"", min_size=1, max_size=5).map(lambda name: f"`{name}`")
comments = st.text(alphabet="ab }{$'\"`", max_size=5).map(lambda text: f"/*{text}*/")
regexes = st.sampled_from(
    ["$match(a, /[a-z]{2}/)", "$match(a, /\\}/i)", "$match(a,/'/)", '$match(a, /a"b/)', "$match(a,/[/]x{1}/)"]
)
expressions = st.recursive(
    st.one_of(strings, names, regexes, st.just("a"), st.just("1.5"), st.tuples(comments, names).map("".join)),
    lambda inner: st.one_of(
        st.tuples(strings, inner).map(lambda pair: f"{{{pair[0]}: {pair[1]}}}"),
        st.tuples(inner, inner).map(" / ".join),
        st.tuples(inner, inner).map("&".join),
        inner.map(lambda text: f"({text})"),
        inner.map(lambda text: f"[{text}]"),
        inner.map(lambda text: f"function($x){{{text}}}"),
    ),
    max_leaves=6,
)
literals = st.text(alphabet="ab }{'\"`/*", min_size=1, max_size=5)


@given(expressions, literals, literals)
def test_an_expression_ends_at_its_own_brace(expression: str, before: str, after: str) -> None:
    text = f"{before}${{{expression}}}{after}"
    assert [(piece.text, piece.expression) for piece in pieces(text)] == [
        (before, False),
        (expression, True),
        (after, False),
    ]


@given(st.lists(st.tuples(literals, expressions), max_size=3))
def test_offsets_are_those_of_the_text(parts: list[tuple[str, str]]) -> None:
    text = "".join(f"{literal}${{{expression}}}" for literal, expression in parts)
    for piece in pieces(text):
        assert text.startswith(piece.text, piece.start)


@given(st.text(alphabet="${}ab\"'`/*\\ \n", max_size=30))
def test_every_text_is_cut_or_refused(text: str) -> None:
    refused = refusal(lambda: pieces(text))
    if refused:
        assert text.startswith("${", refused.offset)
    else:
        assert all(piece.text or piece.expression for piece in pieces(text))


@given(st.text(max_size=30))
def test_tokens_are_in_order_and_within_the_text(text: str) -> None:
    place = 0
    for token in tokens(text):
        assert token.start >= place
        assert text[token.start : token.end] == token.text
        place = token.end


def test_a_long_text_is_scanned_in_time() -> None:
    assert len(pieces("${a}/" * 20_000)) == 40_000
    with pytest.raises(ExpressionSyntaxError):
        pieces("${" + "{ '" * 100_000)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("9007199254740993", ["9007199254740993"]),
        ("a = 9223372036854775807 or b < 9223372036854775806", ["9223372036854775807", "9223372036854775806"]),
        ("-9223372036854775808", ["9223372036854775808"]),
        ('"9223372036854775807" & `9223372036854775807`', []),
        ("a9223372036854775807 + $9223372036854775807", []),
        ("/9223372036854775807/ /* 9223372036854775807 */", []),
        ("9223372036854775807.5 + 9223372036854775807e2", []),
        ("[9223372036854775806..9223372036854775807]", []),
        ("123456", []),
    ],
)
def test_large_integers(source: str, found: list[str]) -> None:
    assert [token.text for token in large_integers(source)] == found
