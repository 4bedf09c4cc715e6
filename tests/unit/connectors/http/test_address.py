from typing import Any

import pytest

from airdock.connectors.http.address import compile_path, compile_query, origin_in, path_problem
from airdock.errors import FlowError
from airdock.exchange import Exchange, Run
from airdock.expressions import compile_template


def exchange(body: Any) -> Exchange:
    made = Exchange(Run("1", "p/f.flow"))
    made.body = body
    return made


def path(text: str, body: Any = None) -> str:
    made = compile_path(compile_template(text))
    return made if isinstance(made, str) else made(exchange(body))


@pytest.mark.parametrize(
    ("text", "body", "made"),
    [
        ("/orders", None, "/orders"),
        ("orders", None, "/orders"),
        ("/größe", None, "/gr%C3%B6%C3%9Fe"),
        ("/orders/${body}", 7, "/orders/7"),
        ("/orders/${body}/x", "a/b", "/orders/a%2Fb/x"),
        ("/orders/${body}", "a?b#c d%", "/orders/a%3Fb%23c%20d%25"),
        ("/orders/${body}", "ä", "/orders/%C3%A4"),
        ("/orders/${body}", "%2e%2e", "/orders/%252e%252e"),
        ("/orders/v${body}", ".1", "/orders/v.1"),
        ("/find?q=${body}", "a&b=c", "/find?q=a%26b%3Dc"),
        ("/find?q=${body}", "", "/find?q="),
        ("/find?q=${body}", "../x", "/find?q=..%2Fx"),
        ("${body}", "x", "/x"),
    ],
)
def test_values_stay_in_their_place(text: str, body: Any, made: str) -> None:
    assert path(text, body) == made


@pytest.mark.parametrize(
    ("text", "body"),
    [("/o/${body}/x", ".."), ("/o/${body}", "."), ("/o/.${body}", "."), ("/o/${body}/x", ""), ("/o/${body}", None)],
)
def test_a_value_never_leads_out(text: str, body: Any) -> None:
    with pytest.raises(FlowError) as caught:
        path(text, body)
    assert caught.value.code == "connector.http.address"


def test_what_an_author_may_not_write() -> None:
    wrong = ["/a/../b", "/a//b", "/a#b", "/a b", "/a/./b", "/a\\b", "/a/${x}/.."]
    assert [text for text in wrong if not path_problem(compile_template(text))] == []
    right = ["/a", "", "/a/${x}", "/a?b=//c/../d", "/a.b/..c", "${x}"]
    assert [text for text in right if path_problem(compile_template(text))] == []


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://a.example/x/${body}", "https://a.example"),
        ("https://a.example", "https://a.example"),
        ("https://a.example?x=${body}", "https://a.example"),
        ("https://a.example${body}", ""),
        ("https://${body}.a.example/x", ""),
        ("${body}", ""),
        ("a.example/${body}", ""),
    ],
)
def test_the_origin_that_an_author_wrote(url: str, origin: str) -> None:
    assert origin_in(compile_template(url)) == origin


def test_queries() -> None:
    written = {"a b": "c&d", "n": None, "l": [1, True]}
    fixed = compile_query({name: compile_template(value) for name, value in written.items()})
    assert fixed == "a%20b=c%26d&l=1&l=true"
    made = compile_query({"q": compile_template("${body.q}"), "l": compile_template("${body.l}")})
    assert callable(made)
    assert made(exchange({"q": "ä=&", "l": ["x", 1.5]})) == "q=%C3%A4%3D%26&l=x&l=1.5"
    assert made(exchange({})) == ""
    assert made(exchange({"q": "", "l": []})) == "q="
