from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.errors import FlowError
from airdock.triggers.http.bodies import is_form, parse_body
from airdock.triggers.http.settings import Limits
from tests.unit.triggers.http.refusing import refusing

LIMITS = Limits(depth=50)


@pytest.mark.parametrize(
    ("content_type", "data", "value"),
    [
        ("application/json", b'{"a":[1,"\xc3\xa4",null]}', {"a": [1, "ä", None]}),
        ("application/json; charset=UTF-8", b"1", 1),
        ("Application/Problem+JSON", b"true", True),
        ("application/json", b"\xef\xbb\xbf[]", []),
        ("application/json; charset=iso-8859-1", b'"\xe4"', "ä"),
        ("application/json; charset=utf-16", '"ä"'.encode("utf-16"), "ä"),
        ("application/json", b"123456789012345678901234567890", 123456789012345678901234567890),
        ("application/json", b"9223372036854775807", 9223372036854775807),
        ("text/plain", b"\xc3\xa4", "ä"),
        ('text/plain; charset="ISO-8859-1"', b"\xe4", "ä"),
        ("text/csv; charset=windows-1252", b"\x80", "€"),
        ("application/xml", b'<?xml version="1.0" encoding="ISO-8859-1"?><a>\xe4</a>', None),
        ("image/svg+xml", b"<a/>", "<a/>"),
        ("application/octet-stream", b"\xff", b"\xff"),
        ("", b"abc", b"abc"),
        ("no type at all;;=", b"abc", b"abc"),
        ("application/json", b"", None),
        ("text/plain", b"", None),
        ("", b"", None),
    ],
)
def test_a_body_is_parsed_by_its_content_type(content_type: str, data: bytes, value: Any) -> None:
    if content_type == "application/xml":
        value = data.decode("iso-8859-1")
    assert parse_body(content_type, data, LIMITS) == value


@pytest.mark.parametrize(
    ("content_type", "data"),
    [
        ("application/json", b"{"),
        ("application/json", b"NaN"),
        ("application/json", b'"\xff"'),
        ("application/json", b'{"a":1}x'),
        ("application/json; charset=wrong", b"1"),
        ("application/json; charset=idna", b"1"),
        ("application/json", b"9" * 5000),
        ("application/json", b"[" * 10_000 + b"]" * 10_000),
        ("application/json", b"[" * 51 + b"]" * 51),
        ("application/json", b'{"a":' * 51 + b"1" + b"}" * 51),
        ("text/plain", b"\xff"),
        ("text/plain; charset=punycode", b"abc"),
        ('text/plain; charset="\x00"', b"abc"),
        ("application/xml", b'<?xml version="1.0" encoding="nonsense"?><a/>'),
    ],
)
def test_a_body_that_does_not_fit_is_refused(content_type: str, data: bytes) -> None:
    with pytest.raises(FlowError) as caught:
        parse_body(content_type, data, LIMITS)
    assert (caught.value.code, caught.value.status) == ("request.body", 400)


def test_the_deepest_body_allowed() -> None:
    assert parse_body("application/json", b"[" * 50 + b"]" * 50, LIMITS)
    assert parse_body("application/json", b"[" + b",".join([b"[[]]"] * 1000) + b"]", LIMITS)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_json_comes_back_as_it_was(value: Any) -> None:
    assert parse_body("application/json", msgspec.json.encode(value), Limits()) == value


TYPES = st.sampled_from(
    ["application/json", "text/plain", "text/xml", "a/b+json", "application/json; charset=", "text/plain; charset="]
)


@given(TYPES, st.text(max_size=20), st.binary(max_size=200))
def test_no_body_raises_anything_but_a_flow_error(content_type: str, more: str, data: bytes) -> None:
    with refusing("request.body"):
        parse_body(content_type + more, data, LIMITS)


def test_which_types_are_forms() -> None:
    assert is_form("application/x-www-form-urlencoded")
    assert is_form("Multipart/Form-Data; boundary=x")
    assert not is_form("multipart/mixed")
    assert not is_form("")
