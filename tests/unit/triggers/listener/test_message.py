import gzip
from typing import Any

import pytest

from airdock.errors import FlowError
from airdock.spec.trigger import Arrival
from airdock.triggers.listener.message import MessageRequest


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b'{"a": 1}', "application/json", {"a": 1}),
        (b'{"a": 1}', "", {"a": 1}),
        (b"\xffplain", "", b"\xffplain"),
        (b"", "", None),
        ("plain", "", "plain"),
        ('{"a": 1}', "application/json", {"a": 1}),
        ("é", "text/plain; charset=latin-1", "é"),
        ("漢", "text/plain; charset=latin-1", "漢".encode().decode("latin-1")),
        (b"a=1&b=2", "application/x-www-form-urlencoded", {"a": "1", "b": "2"}),
        ({"a": [1]}, "", {"a": [1]}),
        (None, "", None),
    ],
)
def test_a_body_is_what_its_type_says(body: Any, content_type: str, expected: Any) -> None:
    assert MessageRequest(Arrival(body, content_type=content_type)).body == expected


def test_headers_are_those_of_the_message() -> None:
    request = MessageRequest(Arrival(b"x", content_type="text/plain", headers={"Tenant": "n", "Content-Type": "no"}))
    assert request.headers == {"tenant": "n", "content-type": "text/plain"}
    assert not request.unread
    assert request.content == b"x"


def test_an_encoding_is_undone_within_bounds() -> None:
    packed = Arrival(gzip.compress(b"[1]"), content_type="application/json", headers={"content-encoding": "gzip"})
    assert MessageRequest(packed).body == [1]
    # As some clients write the charset.
    charset = Arrival(b"[1]", content_type="application/json", headers={"content-encoding": "utf-8"})
    assert MessageRequest(charset).body == [1]
    bomb = Arrival(gzip.compress(bytes(20_000_000)), content_type="text/plain", headers={"content-encoding": "gzip"})
    with pytest.raises(FlowError) as caught:
        _ = MessageRequest(bomb).body
    assert caught.value.code == "request.tooLarge"


def test_content_that_does_not_fit_its_type_fails_when_it_is_read() -> None:
    request = MessageRequest(Arrival(b"{", content_type="application/json"))
    with pytest.raises(FlowError) as caught:
        _ = request.body
    assert caught.value.code == "request.body"
