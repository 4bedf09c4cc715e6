import gzip
import zlib
from collections.abc import AsyncIterator

import pytest

from airdock.connectors.http.http2.unpacking import unpacked
from airdock.errors import FlowError

RAW = zlib.compressobj(wbits=-15)
PACKED = {"deflate": RAW.compress(b"abc" * 1000) + RAW.flush()}


async def read(data: bytes, encoding: str, most: int = 10_000) -> bytes:
    async def pieces() -> AsyncIterator[bytes]:
        for at in range(0, len(data), 7):
            yield data[at : at + 7]

    return b"".join([piece async for piece in unpacked(pieces(), encoding, most)])


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("gzip", gzip.compress(b"abc" * 1000)),
        (" X-GZIP ", gzip.compress(b"abc" * 1000)),
        ("deflate", zlib.compress(b"abc" * 1000)),
        ("deflate", PACKED["deflate"]),
        ("", b"abc" * 1000),
        ("br", b"abc" * 1000),
    ],
)
async def test_what_was_packed_is_unpacked(encoding: str, data: bytes) -> None:
    assert await read(data, encoding) == b"abc" * 1000
    with pytest.raises(FlowError) as caught:
        await read(data, encoding, 100)
    assert caught.value.code == "connector.http.tooLarge"


async def test_what_is_not_packed_so() -> None:
    assert await read(b"", "gzip") == b""
    for data in (b"no gzip", gzip.compress(b"x" * 100)[:-5]):
        with pytest.raises(FlowError) as caught:
            await read(data, "gzip")
        assert caught.value.code == "connector.http.response"


async def test_a_bomb_is_stopped_where_it_is() -> None:
    with pytest.raises(FlowError, match="10000 bytes"):
        await read(gzip.compress(b"\0" * 100_000_000), "gzip")
