from typing import Any

import pytest

from airdock.connectors.http.bodies import decode_body, encode_body, excerpt
from airdock.errors import FlowError

FORM = "application/x-www-form-urlencoded"
XML = '<?xml version="1.0" encoding="iso-8859-1"?><a>ä</a>'


@pytest.mark.parametrize(
    ("value", "type", "sent", "told"),
    [
        ({"a": 1}, "", b'{"a":1}', "application/json"),
        ([1], "", b"[1]", "application/json"),
        ("ä", "", "ä".encode(), "text/plain; charset=utf-8"),
        (b"\0", "", b"\0", "application/octet-stream"),
        (None, "", b"null", "application/json"),
        ({"a": "b c", "n": [1, 2]}, FORM, b"a=b+c&n=1&n=2", FORM),
        ("a=1", FORM, b"a=1", FORM),
        ({"a": 1}, "application/vnd.x+json", b'{"a":1}', "application/vnd.x+json"),
        ('{"a":1}', "application/json", b'{"a":1}', "application/json"),
        ("ä", "text/plain; charset=iso-8859-1", b"\xe4", "text/plain; charset=iso-8859-1"),
        (b"x", "image/png", b"x", "image/png"),
        (5, "text/plain", b"5", "text/plain"),
    ],
)
def test_bodies_that_are_sent(value: Any, type: str, sent: bytes, told: str) -> None:
    assert encode_body(value, type) == (sent, told)


def test_a_multipart_form() -> None:
    file = {"filename": "a.txt", "contentType": "text/plain", "content": b"hello"}
    sent, told = encode_body({"name": "x", "file": file}, "multipart/form-data")
    assert told.startswith("multipart/form-data; boundary=")
    assert b'filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nhello' in sent


@pytest.mark.parametrize(
    ("value", "type"),
    [
        ({"a": {"b": 1}}, FORM),
        ({"a": object()}, ""),
        ("ä", "text/plain; charset=ascii"),
        ("x", "text/plain; charset=idna"),
    ],
)
def test_what_cannot_be_sent(value: Any, type: str) -> None:
    with pytest.raises(FlowError) as caught:
        encode_body(value, type)
    assert caught.value.code == "connector.http.body"


@pytest.mark.parametrize(
    ("data", "type", "value"),
    [
        (b"", "application/json", None),
        (b'{"a":9007199254740993}', "application/json", {"a": 9007199254740993}),
        (b'{"a":1}', "application/problem+json; charset=utf-8", {"a": 1}),
        ('{"a":"ä"}'.encode("utf-16"), "application/json", {"a": "ä"}),
        (b'"\xe4"', "application/json; charset=iso-8859-1", "ä"),
        (b"\xe4", "text/plain; charset=latin1", "ä"),
        (XML.encode("latin-1"), "text/xml", XML),
        (b"a=1&b=x+y", FORM, {"a": "1", "b": "x y"}),
        (b"\0\1", "image/png", b"\0\1"),
        (b"x", "", b"x"),
    ],
)
def test_bodies_that_come(data: bytes, type: str, value: Any) -> None:
    assert decode_body(data, type) == value


@pytest.mark.parametrize(
    ("data", "type"),
    [
        (b"{", "application/json"),
        (b"[" * 300 + b"]" * 300, "application/json"),
        (b"[" * 5000 + b"]" * 5000, "application/json"),
        (b"\xff\xfe\xfd", "text/plain; charset=utf-8"),
        (b"x", "text/plain; charset=martian"),
        (b"x", "text/plain; charset=unicode_escape"),
        (b'"\xe4"', "application/json"),
        (b"%ff", FORM),
    ],
)
def test_what_does_not_fit_its_type(data: bytes, type: str) -> None:
    with pytest.raises(FlowError) as caught:
        decode_body(data, type)
    assert caught.value.code == "connector.http.response"


def test_the_beginning_of_a_body_for_errors() -> None:
    assert excerpt(b"\xff" + b"x" * 5000, "text/html") == "\ufffd" + "x" * 999
    assert excerpt(b"\0\1", "image/png") == ""
