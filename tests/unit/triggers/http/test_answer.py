import datetime
import decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.errors import FlowError
from airdock.exchange import Exchange, Run
from airdock.triggers.http import Answer, make_answer
from tests.unit.triggers.http.refusing import refusing

TEXT = ("content-type", "text/plain; charset=utf-8")
RUN = ("airdock-run", "r1")


def exchange(*parts: str | bytes, body: Any = ..., respond: Any = ..., status: Any = None, **headers: Any) -> Exchange:
    made = Exchange(Run("r1", "p/x.flow"))
    for part in parts:
        made.response.write(part)
    if body is not ...:
        made.body = body
    if respond is not ...:
        made.response.body = respond
    made.response.status = status
    for name, value in headers.items():
        made.response.headers[name.replace("_", "-")] = value
    return made


def seen(answer: Answer) -> tuple[int, list[tuple[str, str]], bytes]:
    return answer.status, answer.headers, answer.body.encode() if isinstance(answer.body, str) else answer.body


def test_what_was_written_is_the_answer() -> None:
    assert seen(make_answer(exchange("Welcome Joe"))) == (200, [TEXT, RUN], b"Welcome Joe")
    assert seen(make_answer(exchange("a", "ä", "b", body="not this"))) == (200, [TEXT, RUN], "aäb".encode())
    assert seen(make_answer(exchange("ä", b"\xff"))) == (200, [TEXT, RUN], b"\xc3\xa4\xff")


def test_what_respond_set_comes_before_what_was_written() -> None:
    answer = make_answer(exchange("written", body="body", respond={"a": 1}, status=201))
    assert seen(answer) == (201, [("content-type", "application/json"), RUN], b'{"a":1}')


@pytest.mark.parametrize(
    ("body", "content_type", "content"),
    [
        ("text", "text/plain; charset=utf-8", b"text"),
        (b"\xff", "application/octet-stream", b"\xff"),
        (bytearray(b"x"), "application/octet-stream", b"x"),
        ({"a": [1, None]}, "application/json", b'{"a":[1,null]}'),
        (12345678901234567890123, "application/json", b"12345678901234567890123"),
        (True, "application/json", b"true"),
        (decimal.Decimal("1.10"), "application/json", b'"1.10"'),
        (datetime.date(2030, 1, 2), "application/json", b'"2030-01-02"'),
    ],
)
def test_a_body_that_was_set_is_the_answer_if_nothing_was_written(body: Any, content_type: str, content: bytes) -> None:
    assert seen(make_answer(exchange(body=body))) == (200, [("content-type", content_type), RUN], content)


def test_nothing_is_an_empty_answer() -> None:
    assert seen(make_answer(exchange())) == (200, [RUN], b"")
    assert seen(make_answer(exchange(body=None))) == (200, [RUN], b"")


def test_a_content_type_that_was_set_is_kept() -> None:
    answer = make_answer(exchange("<a/>", Content_Type="Text/XML ; charset=UTF-8", x_more=["1", 2, True, None]))
    assert answer.headers == [
        ("content-type", "Text/XML ; charset=UTF-8"),
        ("x-more", "1"),
        ("x-more", "2"),
        ("x-more", "true"),
        RUN,
    ]


def test_text_is_written_in_the_charset_that_was_set() -> None:
    assert make_answer(exchange("ä€", content_type="text/plain; charset=iso-8859-1")).body == b"\xe4?"


def test_the_server_frames_the_answer() -> None:
    answer = make_answer(
        exchange("x", content_length="99", transfer_encoding="chunked", connection="close", airdock_run="mine")
    )
    assert answer.headers == [TEXT, RUN]


@pytest.mark.parametrize("status", [204, 304])
def test_some_statuses_have_no_body(status: int) -> None:
    assert seen(make_answer(exchange("written", status=status))) == (status, [RUN], b"")


@pytest.mark.parametrize("status", [100, 199, 600, -1, 200.0, "200", True])
def test_a_status_that_http_does_not_have_is_refused(status: Any) -> None:
    refused(exchange("x", status=status))


@pytest.mark.parametrize(
    "bad",
    [
        exchange("x", location="/a\r\nset-cookie: b=1"),
        exchange("x", x="\0"),
        exchange("x", x=["ok", "a\nb"]),
        exchange("x", x="\ud800"),
        exchange("x", **{"a b": "1"}),
        exchange("x", **{"": "1"}),
        exchange("x", **{"ä": "1"}),
        exchange("x", content_type="text/plain; charset=nonsense"),
        exchange("a\ud800"),
        exchange("a\ud800", b"x"),
        exchange(body=object()),
        exchange(body={(1, 2): 3}),
        exchange(body={"a": "\ud800"}),
    ],
)
def test_what_http_does_not_allow_is_refused(bad: Exchange) -> None:
    refused(bad)


def test_a_cyclic_body_is_refused() -> None:
    cycle: list[Any] = []
    cycle.append(cycle)
    refused(exchange(body=cycle))


def refused(bad: Exchange) -> None:
    with pytest.raises(FlowError) as caught:
        make_answer(bad)
    assert (caught.value.code, caught.value.status) == ("response.invalid", 500)


@given(st.dictionaries(st.text(max_size=5), st.text() | st.lists(st.text()), max_size=5), st.text())
def test_no_header_breaks_the_answer(headers: dict[str, Any], text: str) -> None:
    made = exchange(text)
    for name, value in headers.items():
        made.response.headers[name] = value
    with refusing("response.invalid"):
        answer = make_answer(made)
        assert not any(mark in name + value for name, value in answer.headers for mark in "\r\n\0")


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(alphabet=st.characters(codec="utf-8")), st.lists)
)
def test_json_bodies_come_back(value: Any) -> None:
    answer = make_answer(exchange(body=[value]))
    assert isinstance(answer.body, bytes)
    assert msgspec.json.decode(answer.body) == [value]
