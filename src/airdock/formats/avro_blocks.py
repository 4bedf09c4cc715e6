"""Avro's object container files, block by block within bounds.

The library would unpack a block, and read as many records as it says, without asking.
"""

import io
import zlib
from collections.abc import Iterator
from typing import Any

import msgspec

from airdock.formats.avro_schema import SchemaFaultError, check_schema, has_logical
from airdock.formats.avro_values import plain_value
from airdock.formats.format import ContentError, TooLargeError

_MAGIC = b"Obj\x01"
_META = {"type": "map", "values": "bytes"}
_SYNC = 16


def records_of(avro: Any, data: bytes, reader_schema: Any, most: int, limit: int) -> Iterator[Any]:
    """The records of a file.

    Args:
        avro: The library. reader_schema: What they are resolved to; None for the file's own. most: So many records.
        limit: So many bytes may come out of its blocks.

    Raises:
        ContentError: it is no such file. TooLargeError: it has more. Besides, what the library raises.
    """
    stream = io.BytesIO(data)
    if stream.read(4) != _MAGIC:
        raise ContentError("it does not begin as an Avro file does")
    meta = avro.schemaless_reader(stream, _META, None)
    schema = _schema_of(avro, meta)
    codec = meta.get("avro.codec", b"null").decode("utf-8", "replace")
    if codec not in ("null", "deflate"):
        raise ContentError(f"its blocks are packed by {codec!r:.40}; only deflate is read")
    sync = stream.read(_SYNC)
    logical = has_logical(reader_schema or schema)
    while stream.tell() < len(data):
        count, size = _long(stream), _long(stream)
        if count < 0 or size < 0:
            raise ContentError("a block has a negative size")
        most -= count
        if most < 0:
            raise TooLargeError("it has more records than `maxRecords`")
        block = stream.read(size)
        if len(block) < size or stream.read(_SYNC) != sync:
            raise ContentError("a block is cut off, or does not end as it must")
        if codec == "deflate":
            block = _inflated(block, limit)
        limit -= len(block)
        records = io.BytesIO(block)
        for _ in range(count):
            record = avro.schemaless_reader(records, schema, reader_schema)
            yield plain_value(record) if logical else record


def _schema_of(avro: Any, meta: dict[str, bytes]) -> Any:
    try:
        schema = msgspec.json.decode(meta.get("avro.schema", b""))
        check_schema(schema)
        return avro.parse_schema(schema)
    except (SchemaFaultError, msgspec.MsgspecError, RecursionError) as error:
        raise ContentError(f"its schema cannot be used: {error}") from error
    except (avro.schema.SchemaParseException, avro.schema.UnknownType) as error:
        raise ContentError(f"its schema cannot be used: {type(error).__name__}: {error}") from error


def _long(stream: io.BytesIO) -> int:
    """A number as Avro writes it: seven bits a byte, zigzag."""
    number = shift = 0
    while True:
        byte = stream.read(1)
        if not byte or shift > 63:
            raise ContentError("a block is cut off")
        number |= (byte[0] & 127) << shift
        shift += 7
        if byte[0] < 128:
            return (number >> 1) ^ -(number & 1)


def _inflated(block: bytes, limit: int) -> bytes:
    inflate = zlib.decompressobj(-15)
    try:
        out = inflate.decompress(block, limit + 1)
    except zlib.error as error:
        raise ContentError(f"a block cannot be unpacked: {error}") from error
    if len(out) > limit:
        raise TooLargeError("more than `maxSize` comes out of its blocks")
    if not inflate.eof:
        raise ContentError("a packed block is cut off")
    return out
