from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.errors import FlowError
from airdock.triggers.http.multipart import parse_form
from airdock.triggers.http.settings import Limits
from tests.unit.triggers.http.refusing import refusing

LIMITS = Limits(parameters=20)
TYPE = "multipart/form-data; boundary=edge"
URLENCODED = "application/x-www-form-urlencoded"


def part(name: str, content: bytes, more: str = "", content_type: str = "") -> bytes:
    head = f'--edge\r\nContent-Disposition: form-data; name="{name}"{more}\r\n'
    if content_type:
        head += f"Content-Type: {content_type}\r\n"
    return head.encode() + b"\r\n" + content + b"\r\n"


END = b"--edge--\r\n"


def test_fields_and_files() -> None:
    data = (
        part("name", "Jöe".encode())
        + part("name", b"second")
        + part("latin", b"\xe4", content_type="text/plain; charset=iso-8859-1")
        + part("file", b"\x00\xff", '; filename="a b.bin"', "image/png")
        + part("plain", b"x", '; filename="x"')
        + END
    )
    assert parse_form(TYPE, data, LIMITS) == {
        "name": "Jöe",
        "latin": "ä",
        "file": {"filename": "a b.bin", "contentType": "image/png", "content": b"\x00\xff"},
        "plain": {"filename": "x", "contentType": "application/octet-stream", "content": b"x"},
    }


@pytest.mark.parametrize(
    ("content_type", "data", "code"),
    [
        (TYPE, part("a", b"1"), "request.body"),
        (TYPE, b"", "request.body"),
        (TYPE, b"nothing of that kind", "request.body"),
        (TYPE, part("a", b"\xff") + END, "request.body"),
        (TYPE, b"--edge\r\nContent-Disposition: attachment\r\n\r\nx\r\n--edge--", "request.body"),
        ("multipart/form-data", part("a", b"1") + END, "request.body"),
        ('multipart/form-data; boundary="\ud800"', b"x", "request.body"),
        (TYPE, part("a", b"1") * 21 + END, "request.query"),
        (TYPE, b"--edge\r\nX: " + b"y" * 10_000, "request.query"),
        (URLENCODED, b"&".join([b"a=1"] * 21), "request.query"),
        (URLENCODED, b"a=\xff", "request.body"),
    ],
)
def test_a_form_that_does_not_fit_is_refused(content_type: str, data: bytes, code: str) -> None:
    with pytest.raises(FlowError) as caught:
        parse_form(content_type, data, LIMITS)
    assert (caught.value.code, caught.value.status) == (code, 400)


@given(st.dictionaries(st.text(), st.text(), max_size=20))
def test_a_urlencoded_form_comes_back(fields: dict[str, str]) -> None:
    fields = {name: value for name, value in fields.items() if name or value}
    assert parse_form(URLENCODED, urlencode(fields).encode(), LIMITS) == fields


@given(st.binary(max_size=300), st.sampled_from([TYPE, URLENCODED, "multipart/form-data; boundary=-"]))
def test_no_form_raises_anything_but_a_flow_error(data: bytes, content_type: str) -> None:
    for each in (data, b"--edge\r\n" + data, part("a", data) + data):
        with refusing("request.body", "request.query"):
            parse_form(content_type, each, LIMITS)
