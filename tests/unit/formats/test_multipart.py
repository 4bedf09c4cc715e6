from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.formats.format import TooLargeError
from airdock.formats.multipart import MultipartReading, MultipartWriting
from tests.unit.formats.use import content_type, no_files, read, unreadable, unwritable, write
from tests.unit.formats.values import TEXT

NAME = TEXT.filter(lambda name: not set(name) & set('"\r\n%\\') and name.isprintable())
FILE = st.fixed_dictionaries(
    {"filename": NAME.filter(bool), "contentType": st.just("image/png"), "content": st.binary(max_size=50)}
)


@given(st.dictionaries(NAME, TEXT | FILE, min_size=1, max_size=4))
def test_what_is_written_is_read_back(fields: dict[str, Any]) -> None:
    data, type = MultipartWriting().compile(no_files)(fields)
    assert read(MultipartReading(), data, type) == fields
    assert read(MultipartReading(), data) == fields


def test_parts() -> None:
    value = {"a": ["x", 5], "f": {"content": "Grüße"}, "n": None}
    data = write(MultipartWriting(boundary="edge"), value)
    assert data.decode() == (
        '--edge\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n'
        '--edge\r\nContent-Disposition: form-data; name="a"\r\n\r\n5\r\n'
        '--edge\r\nContent-Disposition: form-data; name="f"; filename="file"\r\n'
        "Content-Type: application/octet-stream\r\n\r\nGrüße\r\n"
        '--edge\r\nContent-Disposition: form-data; name="n"\r\n\r\n\r\n--edge--\r\n'
    )
    file = {"filename": "file", "contentType": "application/octet-stream", "content": "Grüße".encode()}
    assert read(MultipartReading(lists=["n"]), data) == {"a": ["x", "5"], "f": file, "n": [""]}
    assert content_type(MultipartWriting(boundary="a b"), {}) == 'multipart/form-data; boundary="a b"'


def test_names_cannot_break_out_of_their_header() -> None:
    value = {'a"\r\nX-Evil: 1': {"filename": 'b"\r\n', "content": "x"}}
    data = write(MultipartWriting(boundary="edge"), value)
    assert b'name="a%22%0D%0AX-Evil: 1"; filename="b%22%0D%0A"\r\n' in data


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "nothing tells its boundary"),
        (b"nothing of that kind", "nothing tells its boundary"),
        (b'--edge\r\nContent-Disposition: form-data; name="a"\r\n\r\nx', ""),
        (b'--edge\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--edge--', "not utf-8 text"),
    ],
)
def test_what_is_no_form(data: bytes, message: str) -> None:
    assert message in unreadable(MultipartReading(), data)


def test_too_many_parts_are_refused() -> None:
    data = b'--edge\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n' * 11 + b"--edge--\r\n"
    assert "too many" in unreadable(MultipartReading(max_fields=10), data, error=TooLargeError)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([1], "the fields of an object, not of a list"),
        ({"a": {"b": 1}}, "the value of 'a' is an object"),
        ({"a": {"content": {}}}, "multipart packs a text or bytes, not an object"),
        ({"a": {"content": "", "contentType": "x\r\ny: z"}}, "cannot stand in a header"),
        ({"a": "--edge"}, "the boundary stands in a part"),
        ({"\ud800": "x"}, "is not Unicode"),
    ],
)
def test_what_a_form_cannot_hold(value: Any, message: str) -> None:
    assert message in unwritable(MultipartWriting(boundary="edge"), value)
