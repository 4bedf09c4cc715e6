from typing import Any

import pytest

from airdock.connectors.broker.content import (
    check_destination,
    check_headers,
    decode_content,
    encode_content,
)
from airdock.errors import FlowError
from airdock.streams import Stream


@pytest.mark.parametrize(
    ("value", "content_type", "expected"),
    [
        ("ä", "", ("ä".encode(), "text/plain; charset=utf-8")),
        ("ä", "text/plain; charset=latin-1", (b"\xe4", "text/plain; charset=latin-1")),
        (b"\x00", "", (b"\x00", "application/octet-stream")),
        ({"a": None}, "", (b'{"a":null}', "application/json")),
        (None, "", (b"", "")),
    ],
)
def test_what_is_sent(value: Any, content_type: str, expected: Any) -> None:
    assert encode_content(value, content_type) == expected


def _loop() -> Any:
    value: list[Any] = []
    value.append(value)
    return value


@pytest.mark.parametrize("value", [object(), Stream([1]), _loop(), "\ud800"])
def test_what_cannot_be_sent(value: Any) -> None:
    with pytest.raises(FlowError) as raised:
        encode_content(value)
    assert raised.value.code == "connector.broker.content"


@pytest.mark.parametrize(
    ("content", "content_type", "expected"),
    [
        (b"", "application/json", None),
        (b"[1]", "application/problem+json", [1]),
        (b"[1]", "", [1]),
        (b"[1", "", b"[1"),
        (b"\xe4", "text/plain; charset=latin-1", "ä"),
        (b"<a/>", "application/xml", "<a/>"),
        (b"\x00", "image/png", b"\x00"),
    ],
)
def test_what_a_reply_says(content: bytes, content_type: str, expected: Any) -> None:
    assert decode_content(content, content_type) == expected


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"[1", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"[" * 300 + b"]" * 300, "application/json"),
        (b"\xff", "text/plain"),
        (b"a", "text/plain; charset=no-such"),
    ],
)
def test_replies_that_do_not_fit(content: bytes, content_type: str) -> None:
    with pytest.raises(FlowError) as raised:
        decode_content(content, content_type)
    assert raised.value.code == "connector.broker.content"


@pytest.mark.parametrize("headers", [{"a b": "x"}, {"": "x"}, {"a": "x\ny"}, {"a": "\0"}, {"a": "\ud800"}])
def test_headers_that_cannot_be_sent(headers: dict[str, str]) -> None:
    with pytest.raises(FlowError, match="header"):
        check_headers(headers)


def test_headers_and_names_that_can_be_sent() -> None:
    check_headers({"x-name": "Jörg; a=b"})
    check_destination("orders/a.b:c")
    for wrong in ("", "a\n", "x" * 256):
        with pytest.raises(FlowError, match="name of a topic"):
            check_destination(wrong)
