import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.errors import FlowError
from airdock.triggers.http.encodings import undo_encoding
from tests.unit.triggers.http.refusing import refusing


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@given(st.binary(max_size=1000))
def test_what_was_packed_comes_back(data: bytes) -> None:
    assert undo_encoding(gzip.compress(data), "gzip", 1000) == data
    assert undo_encoding(gzip.compress(data) + gzip.compress(b""), "X-GZIP", 1000) == data
    assert undo_encoding(zlib.compress(data), "deflate", 1000) == data
    assert undo_encoding(raw_deflate(data), "deflate", 1000) == data
    assert undo_encoding(data, "", 1000) == data
    assert undo_encoding(data, "identity", 1000) == data
    assert undo_encoding(b"", "gzip", 1000) == b""


@pytest.mark.parametrize(
    ("data", "encoding", "code"),
    [
        (b"x", "br", "request.encoding"),
        (b"x", "gzip, gzip", "request.encoding"),
        (b"not gzip", "gzip", "request.body"),
        (gzip.compress(b"hello")[:-3], "gzip", "request.body"),
        (gzip.compress(bytes(100_000_000)), "gzip", "request.tooLarge"),
        (gzip.compress(b"") * 10_000, "gzip", "request.body"),
        (gzip.compress(b"x" * 600) * 2, "gzip", "request.tooLarge"),
    ],
    ids=["unknown", "twice", "not packed", "cut off", "bomb", "too many members", "too large together"],
)
def test_what_cannot_be_unpacked_is_refused(data: bytes, encoding: str, code: str) -> None:
    with pytest.raises(FlowError) as caught:
        undo_encoding(data, encoding, 1000)
    assert caught.value.code == code


@given(st.binary(max_size=200), st.sampled_from(["gzip", "deflate"]))
def test_no_data_raises_anything_but_a_flow_error(data: bytes, encoding: str) -> None:
    with refusing("request.body", "request.tooLarge"):
        assert len(undo_encoding(data, encoding, 1000)) <= 1000
