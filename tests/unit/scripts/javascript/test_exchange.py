"""What a script sees of the exchange, and what comes back of it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from airdock.errors import FlowError
from airdock.scripts.javascript import JavaScriptLimits
from airdock.scripts.javascript.merge import changed_value
from tests.unit.scripts.javascript.support import Called, failure, load, run, value
from tests.unit.scripts.support import make_exchange

BIG = 12345678901234567890


async def test_the_parts_of_the_exchange() -> None:
    request = Called("POST", query={"a": ["1", "2"]}, headers={"x-y": "z"}, cookies={"c": "d"}, form={"f": "g"})
    exchange = make_exchange(request, body={"n": 1}, tier="gold")
    seen = await value(
        "[x.body.n, x.headers['x-y'], x.properties.tier, x.request.method, x.request.query.a, x.request.queryAll.a,"
        " x.request.cookies.c, x.request.form.f, x.request.remote, x.run.flow, x.response.status === undefined]",
        exchange,
    )
    assert seen == [1, "z", "gold", "POST", "1", ["1", "2"], "d", "g", "192.0.2.7", "routing/shield.flow", True]


async def test_what_is_not_touched_keeps_its_value() -> None:
    exchange = make_exchange(body={"big": BIG, "other": 1.0, "deep": [{"id": BIG, "n": 1}]}, big=BIG, same=[BIG, 1.0])
    await run(
        "exports.service = (x) => { x.properties.seen = String(x.properties.big); x.properties.same[1] = 2;"
        " x.body.deep[0].n = 2; x.body.added = true }",
        exchange,
    )
    assert exchange.properties == {"big": BIG, "same": [BIG, 2], "seen": "12345678901234567000"}
    assert exchange.body == {"big": BIG, "other": 1.0, "deep": [{"id": BIG, "n": 2}], "added": True}
    assert isinstance(exchange.body["other"], float)
    assert not exchange.body_set


async def test_a_body_that_is_made_from_the_old_one_keeps_what_it_took_over() -> None:
    exchange = make_exchange(body={"big": BIG, "n": 1})
    await run("exports.service = (x) => { x.body = { ...x.body, n: 2 } }", exchange)
    assert (exchange.body, exchange.body_set) == ({"big": BIG, "n": 2}, True)


async def test_whole_numbers_can_be_written_whole() -> None:
    assert await value(f"JSON.rawJSON('{BIG}')") == BIG


async def test_properties_are_set_and_removed() -> None:
    exchange = make_exchange(a=1, b=2, c=None)
    await run(
        "exports.service = (x) => { delete x.properties.a; x.properties.b = undefined; x.properties.d = { e: [null] };"
        " x.headers['X-New'] = 'n' }",
        exchange,
    )
    assert exchange.properties == {"c": None, "d": {"e": [None]}}
    assert exchange.document["properties"] is exchange.properties
    assert exchange.headers["x-new"] == "n"


async def test_reading_changes_nothing() -> None:
    body = {"a": [1, {"b": BIG}]}
    exchange = make_exchange(Called(body=body), tier="gold")
    await run(
        "exports.service = (x) => { JSON.stringify([x.body, x.properties, x.headers, x.request, x.run]) }", exchange
    )
    assert exchange.body is body
    assert (exchange.body_set, exchange.properties) == (False, {"tier": "gold"})


async def test_bytes_travel_whole() -> None:
    exchange = make_exchange(body=b"\x00\xff\x01")
    assert await value("new Uint8Array([...x.body].reverse())", exchange) == b"\x01\xff\x00"
    await run(
        "exports.service = (x) => { x.body = new ArrayBuffer(2); x.response.write(new Uint8Array([65])) }", exchange
    )
    assert (exchange.body, exchange.response.parts) == (b"\x00\x00", [b"A"])


async def test_files_of_a_form_are_bytes() -> None:
    file = {"filename": "a.txt", "contentType": "text/plain", "content": b"hi\xff"}
    exchange = make_exchange(Called("POST", form={"f": file, "t": "x"}))
    assert await value("[x.request.form.f.filename, [...x.request.form.f.content], x.request.form.t]", exchange) == [
        "a.txt",
        [104, 105, 255],
        "x",
    ]


async def test_the_response_is_written() -> None:
    exchange = make_exchange()
    exchange.response.headers["x-before"] = "b"
    exchange.response.status = 202
    exchange.response.write("before ")
    await run(
        "exports.service = ({ response }) => { response.write('a'); response.write(1); response.headers['X-Seen'] ="
        " response.headers['X-Before'] + response.status; delete response.headers['x-before']; response.status = 201 }",
        exchange,
    )
    assert exchange.response.parts == ["before ", "a", "1"]
    assert dict(exchange.response.headers) == {"x-seen": "b202"}
    assert exchange.response.status == 201


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("exports.service = () => () => 1", "script.result"),
        ("exports.service = () => Symbol('x')", "script.result"),
        ("exports.service = () => 5n", "script.result"),
        ("exports.service = () => { const a = []; a.push(a); return a }", "script.result"),
        ("exports.service = (x) => { x.properties.f = () => 1 }", "script.result"),
        ("exports.service = (x) => { x.response.headers['a b'] = 'c' }", "response.invalid"),
        ("exports.service = (x) => { x.response.headers.a = 'b\\r\\nset-cookie: c=d' }", "response.invalid"),
        ("exports.service = (x) => { x.response.headers.a = { b: 1 } }", "response.invalid"),
        ("exports.service = (x) => { x.response.status = 99 }", "response.invalid"),
        ("exports.service = (x) => { x.response.status = 'x' }", "script.result"),
    ],
)
async def test_what_cannot_be_carried_is_an_error_and_changes_nothing(source: str, code: str) -> None:
    exchange = make_exchange(a=1)
    assert (await failure(source, exchange)).code == code
    assert (exchange.properties, exchange.response.parts, exchange.response.status) == ({"a": 1}, [], None)


async def test_a_body_that_does_not_fit_its_type_is_the_callers_error() -> None:
    class Torn(Called):
        @property
        def body(self) -> Any:
            raise FlowError("request.body", "torn")

    assert (await failure("exports.service = (x) => x.body", make_exchange(Torn()))).code == "request.body"
    assert not (await run("exports.service = (x) => null", make_exchange(Torn()))).body_set


async def test_a_body_on_the_wire_is_read_when_the_script_asks() -> None:
    class Waiting(Called):
        unread = True

        async def read(self) -> None:
            self.unread = False

    assert await value("x.body", make_exchange(Waiting(body="late"))) == "late"


async def test_a_later_run_is_given_what_an_earlier_one_used() -> None:
    script = load("exports.service = (x) => x.properties.a + x.body")
    for number in range(3):
        exchange = make_exchange(body=number, a=1)
        await script(exchange)
        assert exchange.body == number + 1


async def test_console_goes_to_the_log_in_bounds() -> None:
    limits = JavaScriptLimits(log_lines=3, log_line=10)
    with capture_logs() as lines:
        await run(
            "console.log('a', 1, { b: 2 }); console.warn(new Error('c')); exports.service = (x) => {"
            " x.log.error('0123456789abc');"
            " for (let i = 0; i < 5; i++) console.debug(i) }",
            limits=limits,
        )
    assert [(line["event"], line["log_level"]) for line in lines] == [
        ('a 1 {"b":2…', "info"),
        ("Error: c", "warning"),
        ("0123456789…", "error"),
        ("5 more lines were dropped", "warning"),
    ]
    assert all(line["run"] == "0192-run" and line["module"] == "routing/endpoint.js" for line in lines)


async def test_the_log_of_a_run_that_fails_is_kept() -> None:
    sources = ("console.log('seen'); null.x", "console.log('seen'); globalThis.a = []; for (;;) a.push({})")
    for source in sources:
        with capture_logs() as lines:
            await failure(source, limits=JavaScriptLimits(memory=4 * 1024 * 1024))
        assert [line["event"] for line in lines] == ["seen"]


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(json_values)
def test_a_value_that_was_not_changed_is_the_one_that_was_given(original: Any) -> None:
    seen = json.dumps(json.loads(json.dumps(original), parse_int=float))
    assert changed_value(original, seen, seen) == original


def test_true_is_not_one() -> None:
    assert changed_value([1, 0], "[1, 0]", "[true, 0]") == [True, 0]
    assert changed_value([1, 0], "[1, 0]", "[true, 0]")[0] is True
