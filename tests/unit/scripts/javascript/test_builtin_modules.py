"""The modules with the names that Dirigible's scripts use."""

from typing import Any

import pytest

from airdock.exchange import Exchange
from tests.unit.scripts.javascript.support import Called, failure, run, value
from tests.unit.scripts.support import make_exchange

REQUEST = "require('net/http/request')"
RESPONSE = "const response = require('net/http/response');\n"


async def asked(expression: str, request: Called, body: Any = None) -> Any:
    return await value(f"({REQUEST}).{expression}", make_exchange(request, body=body))


async def responded(source: str, exchange: Exchange | None = None) -> Exchange:
    return await run(RESPONSE + source, exchange)


async def test_parameters_come_from_the_query_and_then_from_a_form() -> None:
    file = {"filename": "a.txt", "contentType": "text/plain", "content": b"x"}
    request = Called("POST", query={"a": ["1", "2"]}, form={"a": "3", "b": "4", "f": file})
    assert await asked("getParameter('a')", request) == "1"
    assert await asked("getParameter('b')", request) == "4"
    assert await asked("getParameter('f')", request) == "a.txt"
    assert not (
        await run(f"exports.service = () => ({REQUEST}).getParameter('toString')", make_exchange(request))
    ).body_set
    assert await asked("getParameterNames()", request) == ["a", "b", "f"]
    assert await asked("getParameters()", request) == {"a": ["1", "2", "3"], "b": ["4"], "f": ["a.txt"]}


async def test_the_head_of_the_request() -> None:
    request = Called(headers={"host": "shop.example:8443", "x-y": "z"}, cookies={"c": "d"}, query={"a": ["1 2"]})
    assert await asked("getMethod()", request) == "GET"
    assert await asked("getHeader('X-Y')", request) == "z"
    assert await asked("getHeader('none') === null", request) is True
    assert await asked("getHeaderNames()", request) == ["host", "x-y"]
    cookie = {"name": "c", "value": "d", "maxAge": -1, "path": "", "domain": "", "secure": False}
    assert await asked("getCookies()", request) == [cookie]
    assert await asked("getInfo()", request) == {
        "method": "GET",
        "pathInfo": "/services/flow/routing/shield.flow",
        "path": "/services/flow/routing/shield.flow",
        "remoteHost": "192.0.2.7",
        "contextPath": "",
        "protocol": "HTTP/1.1",
        "queryString": "a=1+2",
        "scheme": "http",
        "serverName": "shop.example",
        "serverPort": 8443,
    }


async def test_roles() -> None:
    class User:
        name = "ann"
        roles = ("sales",)
        token = "hidden"

    assert await asked("isUserInRole('sales')", Called(user=User())) is True
    assert await asked("isUserInRole('admin')", Called(user={"name": "bob", "roles": ["sales"]})) is False
    assert await asked("isUserInRole('sales')", Called()) is False
    assert "hidden" not in str(await value("x.request", make_exchange(Called(user=User()))))


async def test_attributes_last_as_long_as_the_run() -> None:
    source = (
        f"const r = {REQUEST}; r.setAttribute('a', {{ b: 1 }}); exports.service = () =>"
        f" [r.getAttribute('a'), r.getAttribute('c')]"
    )
    exchange = await run(source)
    assert (exchange.body, exchange.properties) == ([{"b": 1}, None], {})


@pytest.mark.parametrize(
    ("body", "text"),
    [("plain", "plain"), (b"r\xc3\xa4w", "räw"), ({"a": 1}, '{"a":1}'), (None, ""), ([2**70], f"[{2**70}]")],
)
async def test_the_body_as_text(body: Any, text: str) -> None:
    assert await asked("readInputText()", Called("POST", body=body)) == text


async def test_a_form_as_text() -> None:
    form = {"a": "1 2"}
    assert await asked("readInputText()", Called("POST", body=form, form=form)) == "a=1+2"


async def test_texts_are_printed() -> None:
    exchange = await responded("response.print('a'); response.println(1); response.println(); response.print(null)")
    assert "".join(map(str, exchange.response.parts)) == "a1\n\nnull"


async def test_nothing_is_written_behind_close() -> None:
    exchange = await responded("response.print('a'); response.close(); response.print('b'); response.setStatus(500)")
    assert (exchange.response.parts, exchange.response.status) == (["a"], None)


async def test_headers_are_set_and_added() -> None:
    exchange = await responded(
        "response.setHeader('X-A', 1); response.addHeader('x-b', 'c'); response.addHeader('X-B', 'd');"
        "exports.service = () => [response.containsHeader('x-A'), response.containsHeader('none'),"
        " response.getContentType()]"
    )
    assert dict(exchange.response.headers) == {"x-a": "1", "x-b": ["c", "d"]}
    assert exchange.body == [True, False, None]


@pytest.mark.parametrize(
    ("calls", "content_type"),
    [
        ("setContentType('text/html'); response.setCharacterEncoding('UTF-8')", "text/html; charset=UTF-8"),
        (
            "setContentType('text/html; charset=UTF-8'); response.setCharacterEncoding('UTF-8')",
            "text/html; charset=UTF-8",
        ),
        (
            "setContentType('text/html;charset=\"utf-8\"'); response.setCharacterEncoding('UTF-8')",
            'text/html;charset="utf-8"',
        ),
        ("setContentType('text/a; charset=x; b=c'); response.setCharacterEncoding('y')", "text/a; b=c; charset=y"),
        ("setCharacterEncoding('UTF-8')", "text/plain; charset=UTF-8"),
    ],
)
async def test_the_content_type(calls: str, content_type: str) -> None:
    assert (await responded(f"response.{calls}")).response.headers["content-type"] == content_type


@pytest.mark.parametrize(
    ("cookie", "field"),
    [
        ("{ name: 'a', value: 'b' }", "a=b"),
        (
            "{ name: 'a', value: 'b', path: '/', domain: 'x.example', maxAge: 60, secure: true, httpOnly: true,"
            " sameSite: 'lax' }",
            "a=b; Domain=x.example; HttpOnly; Max-Age=60; Path=/; SameSite=Lax; Secure",
        ),
        ("{ name: 'a', value: 'b;c \"d\"', maxAge: -1 }", 'a="b\\073c \\"d\\""'),
        ("{ name: 'a', value: '', maxAge: 0 }", 'a=""; Max-Age=0'),
    ],
)
async def test_cookies(cookie: str, field: str) -> None:
    headers = (await responded(f"response.addCookie({cookie})")).response.headers
    assert sorted(headers["set-cookie"][0].split("; ")) == sorted(field.split("; "))


@pytest.mark.parametrize(
    "cookie",
    [
        "{ name: 'a b', value: 'c' }",
        "{ name: 'a', value: 'c', path: '/; Secure' }",
        "{ name: 'a', value: 'c', domain: 'x\\r\\nset-cookie: y=z' }",
        "{ name: 'a', value: 'c', sameSite: 'maybe' }",
        "{ name: '', value: 'c' }",
    ],
)
async def test_a_cookie_that_no_caller_may_get(cookie: str) -> None:
    assert (await failure(RESPONSE + f"response.addCookie({cookie})")).code == "response.invalid"


async def test_an_error_takes_the_place_of_what_was_written() -> None:
    exchange = make_exchange()
    exchange.response.write("before")
    await responded(
        "response.setContentType('text/html'); response.print('x'); response.sendError(response.NOT_FOUND,"
        " '<b>gone</b>');"
        "response.print('y'); response.setHeader('a', 'b')",
        exchange,
    )
    assert (exchange.response.status, exchange.response.parts) == (404, ["<b>gone</b>"])
    assert dict(exchange.response.headers) == {}


async def test_a_redirect() -> None:
    exchange = await responded("response.print('x'); response.sendRedirect('/elsewhere?a=1'); response.print('y')")
    assert (exchange.response.status, exchange.response.headers["location"]) == (302, "/elsewhere?a=1")
    assert "".join(map(str, exchange.response.parts)) == ""
    error = await failure(RESPONSE + "response.sendRedirect('/a\\r\\nset-cookie: b=c')")
    assert error.code == "response.invalid"


async def test_status_and_its_constants() -> None:
    exchange = await responded(
        "response.setStatus(response.CREATED); exports.service = () => response.MOVED_TEMPORARILY"
    )
    assert (exchange.response.status, exchange.body) == (201, 302)
    assert "is not an HTTP status" in (await failure(RESPONSE + "response.setStatus('many')")).message


async def test_the_context_is_the_exchange_properties() -> None:
    source = (
        "const context = require('core/context'); context.set('a', 1); context.put('b', { c: 2 });"
        "exports.service = () => [context.get('a'), context.get('given'), context.get('none'), context.get('toString')]"
    )
    exchange = await run(source, make_exchange(given="g"))
    assert exchange.body == [1, "g", None, None]
    assert exchange.properties == {"given": "g", "a": 1, "b": {"c": 2}}
