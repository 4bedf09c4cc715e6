import io
import zlib
from contextlib import suppress
from typing import Any

import fastavro
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.errors import DescriptorError, Place
from airdock.formats.avro import AvroReading, AvroWriting
from airdock.formats.avro_schema import SchemaFaultError, check_schema
from airdock.formats.avro_values import plain_value
from airdock.formats.format import ContentError, TooLargeError
from tests.unit.formats.use import content_type, no_files, read, unreadable, unwritable, write

ORDER = {
    "type": "record",
    "name": "Order",
    "namespace": "shop",
    "fields": [
        {"name": "id", "type": "long"},
        {
            "name": "items",
            "type": {
                "type": "array",
                "items": {
                    "type": "record",
                    "name": "Item",
                    "fields": [
                        {"name": "sku", "type": "string"},
                        {"name": "price", "type": ["null", "double"], "default": None},
                    ],
                },
            },
        },
        {"name": "more", "type": {"type": "map", "values": "bytes"}, "default": {}},
    ],
}
MONEY = {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}
LOGICAL = {
    "type": "record",
    "name": "Paid",
    "fields": [
        {"name": "sum", "type": MONEY},
        {"name": "day", "type": ["null", {"type": "int", "logicalType": "date"}]},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
        {"name": "id", "type": {"type": "string", "logicalType": "uuid"}},
        {"name": "all", "type": {"type": "map", "values": {"type": "array", "items": MONEY}}},
    ],
}
RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.integers(-(2**63), 2**63 - 1),
            "items": st.lists(
                st.fixed_dictionaries({"sku": st.text(), "price": st.none() | st.floats(allow_nan=False)}), max_size=3
            ),
            "more": st.dictionaries(st.text(), st.binary(), max_size=2),
        }
    ),
    max_size=4,
)


def long(number: int) -> bytes:
    number = (number << 1) ^ (number >> 63)
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def container(schema: Any, *blocks: tuple[int, bytes], codec: bytes = b"null", sync: bytes = b"s" * 16) -> bytes:
    out = io.BytesIO(b"Obj\x01")
    out.seek(4)
    meta = {"avro.schema": msgspec.json.encode(schema), "avro.codec": codec}
    fastavro.schemaless_writer(out, {"type": "map", "values": "bytes"}, meta)
    out.write(sync)
    for count, data in blocks:
        out.write(long(count) + long(len(data)) + data + b"s" * 16)
    return out.getvalue()


@given(RECORDS, st.sampled_from(["deflate", "none"]))
def test_what_is_written_is_read_back(records: list[Any], packed: str) -> None:
    data = write(AvroWriting(schema=ORDER, packed=packed), records)
    assert read(AvroReading(), data) == records
    assert list(fastavro.reader(io.BytesIO(data))) == records
    one: dict[str, Any] = {"encoding": "datum", "schema": ORDER}
    reading, writing = AvroReading(**one), AvroWriting(**one)
    for record in records:
        assert read(reading, write(writing, record)) == record


@given(st.binary(max_size=60))
def test_any_bytes_are_a_value_or_refused(data: bytes) -> None:
    with suppress(ContentError):
        read(AvroReading(encoding="datum", schema=ORDER), data)
    with suppress(ContentError):
        read(AvroReading(), b"Obj\x01" + data)


def test_logical_types_are_texts() -> None:
    value = {
        "sum": "12.50",
        "day": "2026-01-15",
        "at": "2026-01-15T10:00:00.000001+00:00",
        "id": "0190a1b2-0000-7000-8000-000000000000",
        "all": {"a": ["1.00"]},
    }
    assert read(AvroReading(), write(AvroWriting(schema=LOGICAL), [value])) == [value]
    numbers = {**value, "sum": 12.5, "day": None, "all": {}}
    assert read(AvroReading(), write(AvroWriting(schema=LOGICAL), [numbers]))[0]["sum"] == "12.50"
    assert "does not fit the schema" in unwritable(AvroWriting(schema=LOGICAL), [{**value, "at": "soon"}])
    assert plain_value([1, "a", None]) == [1, "a", None]


def test_a_named_type_is_meant_wherever_it_stands() -> None:
    money = {"type": "record", "name": "Money", "fields": [{"name": "sum", "type": MONEY}]}
    schema = {"type": "record", "name": "Two", "fields": [{"name": "a", "type": money}, {"name": "b", "type": "Money"}]}
    value = {"a": {"sum": "1.00"}, "b": {"sum": "2.00"}}
    assert read(AvroReading(), write(AvroWriting(schema=schema), [value])) == [value]


def test_files_are_resolved_to_a_schema() -> None:
    data = write(AvroWriting(schema=ORDER), [{"id": 1, "items": [], "more": {}}])
    newer = {
        "type": "record",
        "name": "Order",
        "namespace": "shop",
        "fields": [{"name": "id", "type": "double"}, {"name": "state", "type": "string", "default": "new"}],
    }
    assert read(AvroReading(schema=newer), data) == [{"id": 1.0, "state": "new"}]
    other = {**newer, "fields": [{"name": "no", "type": "int"}]}
    assert "SchemaResolutionError: No default value" in unreadable(AvroReading(schema=other), data)
    assert content_type(AvroWriting(schema=ORDER), []) == "application/avro"
    assert content_type(AvroWriting(schema="long", encoding="datum"), 1) == "avro/binary"


def test_a_schema_is_a_file_of_the_project() -> None:
    def file(path: str, place: Place) -> bytes:
        assert path == "shop/order.avsc"
        return msgspec.json.encode(ORDER)

    data = AvroWriting(schema_file="shop/order.avsc").compile(file)([{"id": 1, "items": [], "more": {}}])[0]
    assert AvroReading(schema_file="shop/order.avsc").compile(file)(data, "")[0]["id"] == 1


LIST = {"type": "record", "name": "N", "fields": [{"name": "n", "type": ["null", "N"]}]}
GOOD = container("long", (2, b"\x02\x04"))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "it does not begin as an Avro file does"),
        (b"Obj\x01", "EOFError"),
        (GOOD[:-1], "a block is cut off"),
        (GOOD[:-18], "a block is cut off"),
        (GOOD[:-16] + b"x" * 16, "does not end as it must"),
        (container("long", (-1, b"")), "a negative size"),
        (container("long", (3, b"\x02\x04")), "EOFError"),
        (container("long", (1, b"\xff\xff"), codec=b"deflate"), "a block cannot be unpacked"),
        (container("long", (1, zlib.compress(b"\x02" * 100)[2:-9]), codec=b"deflate"), "a packed block is cut off"),
        (container("long", codec=b"snappy"), "packed by 'snappy'; only deflate is read"),
        (container("lonk"), "its schema cannot be used: UnknownType"),
        (
            container({"type": "record", "name": "N", "fields": [{"name": "n", "type": ["null", "N"]}]}),
            "refers to itself",
        ),
        (container({"type": "array", "items": "null"}), "an array of values without bytes"),
        (container("null", (2**40, b"")), "its values have no bytes"),
        (container({"type": "record", "name": "N", "fields": []}, (9, b"")), "its values have no bytes"),
    ],
)
def test_what_is_not_a_file(data: bytes, message: str) -> None:
    assert message in unreadable(AvroReading(), data)
    assert read(AvroReading(), GOOD) == [1, 2]


def test_bombs_are_refused() -> None:
    packed = zlib.compressobj(wbits=-15)
    bomb = packed.compress(b"\0" * 20_000_000) + packed.flush()
    data = container("long", (20_000_000, bomb), codec=b"deflate")
    assert "more records than `maxRecords`" in unreadable(AvroReading(), data, error=TooLargeError)
    options = AvroReading(max_records=100_000_000, max_size=1024**2)
    assert "more than `maxSize` comes out" in unreadable(options, data, error=TooLargeError)
    deep: Any = "long"
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(SchemaFaultError, match="nested too deeply"):
        check_schema(deep)
    assert "cannot be used" in unreadable(AvroReading(), container("long").replace(b'"long"', b'"long"'[:-1] + b"x"))


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"", "EOFError"), (b"\x02\x00\x00x", "1 bytes stand behind the value"), (b"\x02\x02", ""), (b"\x80" * 40, "")],
)
def test_what_is_not_a_datum(data: bytes, message: str) -> None:
    assert message in unreadable(AvroReading(encoding="datum", schema=ORDER), data)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"id": 1}, "the records are the items of a list, not of an object"),
        ([{"id": "x", "items": []}], "it does not fit the schema"),
        ([{"items": []}], "it does not fit the schema"),
        ([5], "it does not fit the schema"),
    ],
)
def test_what_does_not_fit_the_schema(value: Any, message: str) -> None:
    assert message in unwritable(AvroWriting(schema=ORDER), value)
    assert "it does not fit the schema" in unwritable(AvroWriting(schema="long", encoding="datum"), "x")


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({"type": "recrod"}, "UnknownType|names a type that is not known|can be used"),
        ({"type": "record", "name": "N"}, "the fields of a record"),
        ({"type": "record", "fields": []}, "a type record has no name"),
        ({"type": "array", "items": {"type": "fixed", "name": "f", "size": 0}}, "values without bytes"),
        ([5], "5 is no type"),
        ({"type": "record", "name": "N", "fields": [{"name": "n", "type": "N"}]}, "refers to itself"),
    ],
)
def test_schemas_that_cannot_be_used(schema: Any, message: str) -> None:
    with pytest.raises(DescriptorError, match=message) as caught:
        AvroReading(schema=schema).compile(no_files)
    assert caught.value.problems[0].code == "descriptor.value"


def test_rules_between_options() -> None:
    assert "keep one" in AvroReading.check(AvroReading(schema="long", schema_file="a/b.avsc"))[0][1]
    assert "give `schema`" in AvroReading.check(AvroReading(encoding="datum"))[0][1]
    assert AvroReading.check(AvroReading()) == []
    assert "give `schema`" in AvroWriting.check(AvroWriting())[0][1]
