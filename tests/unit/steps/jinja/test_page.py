from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.errors import FlowError
from airdock.expressions.text import render_text
from airdock.steps.jinja.reading import BrokenTemplateError
from airdock.streams import Stream
from tests.unit.steps.jinja.pages import code, exchange, page, render

BODY = {"name": "Ann <x>", "items": [{"n": 1, "g": "a"}, {"n": 2, "g": "b"}, {"n": 3, "g": "a"}]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ body.name }}|{{ body.absent }}|{{ body.absent.x.y }}|{{ none }}", "Ann <x>|||"),
        ("{{ true }} {{ 1.0 }} {{ 2.50 }} {{ body.items[0] }}", 'true 1 2.5 {"n":1,"g":"a"}'),
        ("{% for i in body.items if i.n > 1 %}{{ loop.index }}/{{ loop.length }} {% endfor %}", "1/2 2/2 "),
        ("{% for i in body.absent %}x{% else %}none{% endfor %}", "none"),
        ("{{ body.items|map(attribute='n')|sum }} {{ body.items|sum(attribute='n') }}", "6 6"),
        ("{% for g, all in body.items|groupby('g') %}{{ g }}{{ all|length }}{% endfor %}", "a2b1"),
        ("{% for g in body.items|groupby('g') %}{{ g.grouper }}{{ g.list|length }}{% endfor %}", "a2b1"),
        ("{% for k, v in body.items[0]|items %}{{ k }}={{ v }};{% endfor %}", "n=1;g=a;"),
        ("{{ body.items|sort(attribute='g,n', reverse=true)|map(attribute='n')|list }}", "[2,3,1]"),
        ("{{ body.items|selectattr('g', 'eq', 'a')|list|count }}", "2"),
        ("{{ body.items|batch(2)|map('length')|join('+') }}", "2+1"),
        ("{{ 'a' ~ 1 ~ none ~ [1, 2] }}", "a1[1,2]"),
        ("{{ 'ab' * 2 }}{{ [0] * 2 }}{{ 7 // 2 }}{{ 7 % 4 }}{{ 2 ** 3 }}{{ [1] + [2] }}", "abab[0,0]338[1,2]"),
        ("{{ '%5.2f %s 100%%'|format(3.14159, 'x') }}", " 3.14 x 100%"),
        ("{{ '%(a)s-%(b)03d'|format(a='x', b=7) }}", "x-007"),
        ("{{ 3.14159|round(2) }} {{ 'a,b'|replace(',', ';') }} {{ 'x'|center(5) }}|", "3.14 a;b   x  |"),
        ("{{ 'a b'|urlencode }} {{ {'a': 'b c'}|urlencode }}", "a%20b a=b+c"),
        ("<a{{ {'href': 'x', 'no': none}|xmlattr }}>", '<a href="x">'),
        ("{{ 'a\nb'|indent(2) }}", "a\n  b"),
        ("{{ 'abc'[1:] }}{{ {'a': 1}.a }}{{ (1, 2)[1] }}", "bc12"),
        ("{{ body.name|tojson }}", r'"Ann \u003cx\u003e"'),
        ("{% filter upper %}a {{ body.items[0].g }}{% endfilter %}", "A A"),
        ("{{ body is defined }}{{ body.x is defined }}{{ body.x|default('d') }}", "truefalsed"),
        ("{{ '<p>a <!-- b --></p>'|striptags }}", "a"),
        ("{# seen by nobody #}{% raw %}{{ }}{% endraw %}${ body }", "{{ }}${ body }"),
        ("a\n", "a"),
    ],
)
def test_what_templates_do(text: str, expected: str) -> None:
    assert render(text, BODY) == expected


def test_values_are_escaped_where_the_type_asks_for_it() -> None:
    text = (
        "{{ body.name }} {{ body.name|safe }} {{ '<b>' ~ body.name }} {{ [body.name]|join('<') }} {{ body.items[0] }}"
        "{% set x %}<i>{{ body.name }}</i>{% endset %}{{ x }}{% macro m(y) %}<u>{{ y }}</u>{% endmacro %}{{ m('&') }}"
    )
    assert render(text, BODY, autoescape=True) == (
        "Ann &lt;x&gt; Ann <x> &lt;b&gt;Ann &lt;x&gt; Ann &lt;x&gt; {&#34;n&#34;:1,&#34;g&#34;:&#34;a&#34;}"
        "<i>Ann &lt;x&gt;</i><u>&amp;</u>"
    )


@pytest.mark.parametrize("text", ["{{ body.absent }}", "{{ body.absent.x }}", "{% for x in body.absent %}{% endfor %}"])
def test_what_is_missing_may_be_an_error(text: str) -> None:
    assert code(text, BODY, strict=True) == "template.undefined"
    assert render(text, BODY) == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\n{{ body.absent + 1 }}", "line 2: there is no 'absent'"),
        ("{{ 1 + body.name }}", "line 1: unsupported operand"),
        ("{{ body.name.upper() }}", "values of the message have no methods, but there are filters"),
        ("{% macro m() %}\n{{ 1 / 0 }}\n{% endmacro %}\n{{ m() }}", "line 2: division by zero"),
    ],
)
def test_errors_name_the_line(text: str, message: str) -> None:
    with pytest.raises(FlowError) as caught:
        render(text, BODY)
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a\n{% if x %}", 2, "Unexpected end of template"),
        ("{{ bdoy.x }}", 1, "did you mean 'body'?"),
        ("\n\n{{ name }}", 3, "such as body.name"),
        ("\n{{ body|uper }}", 2, "there is no filter 'uper': did you mean 'upper'?"),
        ("{{ body is evven }}", 1, "there is no test 'evven': did you mean 'even'?"),
        ("{% include body.x %}", 1, "another template is named by its path as a text"),
        ("\n{% include '/p/absent.html' %}", 2, "there is no /p/absent.html"),
        ("{% do body.x %}", 1, "unknown tag 'do'"),
        ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", 1, "nested too deeply"),
    ],
)
def test_what_does_not_compile(text: str, line: int, message: str) -> None:
    with pytest.raises(BrokenTemplateError) as caught:
        page(text)
    assert message in str(caught.value)
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("nothing", set()),
        ("{{ body.x }}{{ properties.y }}", {"body"}),
        ("{{ request.query.a }}{{ request['method'] }}", {"request.query", "request.method"}),
        ("{% for x in [1] %}{{ headers.a }}{{ run.id }}{% endfor %}", {"headers", "run"}),
    ],
)
def test_only_what_is_read_is_made(text: str, needs: set[str]) -> None:
    assert page(text).needs == needs


def test_a_request_as_a_whole() -> None:
    assert {"request.form", "request.query"} <= page("{% set r = request %}{{ r.query }}").needs


def test_other_files_of_the_project() -> None:
    files = {
        "/p/base.html": "<{% block title %}none{% endblock %}|{% block end %}end{% endblock %}>",
        "/p/row.html": "[{{ item }}{{ body.n }}]",
        "/p/tools.html": "{% macro b(x) %}<b>{{ x }}</b>{% endmacro %}",
    }
    text = (
        "{% extends '/p/base.html' %}{% block title %}{% import '/p/tools.html' as tools %}{{ tools.b(body.t) }}"
        "{% for item in [1, 2] %}{% include '/p/row.html' %}{% endfor %}{{ super() }}{% endblock %}"
    )
    assert render(text, {"n": 7, "t": "&"}, files=files, autoescape=True) == "<<b>&amp;</b>[17][27]none|end>"


def test_files_that_include_each_other() -> None:
    files = {"/p/a.html": "{% include '/p/b.html' %}", "/p/b.html": "{% include '/p/a.html' %}"}
    assert code("{% include '/p/a.html' %}", files=files) == "template.limit"


def test_an_error_in_another_file() -> None:
    with pytest.raises(BrokenTemplateError) as caught:
        page("{% include '/p/a.html' %}", files={"/p/a.html": "\n{% if %}"})
    assert (caught.value.file, caught.value.line) == ("/p/a.html", 2)


@pytest.mark.parametrize("value", [b"\xff", Stream([1]), object()])
def test_values_that_have_no_text(value: Any) -> None:
    assert code("{{ body }}", value) == "expression.type"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=10,
    )
)
def test_a_value_is_written_as_expressions_write_it(value: Any) -> None:
    made = page("{{ body }}{% set b %}{{ body }}{% endset %}{{ b }}{{ '' ~ body }}")
    assert made.render(exchange(value), 1 << 20) == render_text(value) * 3
