from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.errors import DescriptorError, Place, Problem
from airdock.formats.format import TooLargeError
from airdock.formats.protobuf import ProtobufReading, ProtobufWriting
from airdock.formats.protobuf_schema import _compiled
from tests.unit.formats.use import content_type, no_files, read, unreadable, unwritable, write

ORDER = """
syntax = "proto3";
package shop;
import "google/protobuf/timestamp.proto";
enum State { NEW = 0; PAID = 1; }
message Item { string sku = 1; double unit_price = 2; }
message Order {
  int64 id = 1;
  repeated Item items = 2;
  State state = 3;
  google.protobuf.Timestamp paid_at = 4;
  bytes note = 5;
  map<string, int32> counts = 6;
  Order before = 7;
}
"""
FILES = {
    "shop/order.proto": b'syntax = "proto3"; package shop; import "parts/item.proto"; import "shop/tax.proto";'
    b"message Order { Item item = 1; Tax tax = 2; }",
    "shop/parts/item.proto": b'syntax = "proto3"; package shop; message Item { string sku = 1; }',
    "shop/shop/tax.proto": b'syntax = "proto3"; package shop; message Tax { int32 rate = 1; }',
}
ITEMS = st.fixed_dictionaries({"sku": st.text(min_size=1), "unitPrice": st.floats(0.5, 1e6)})
ORDERS = st.fixed_dictionaries(
    {
        "id": st.integers(1, 2**63 - 1).map(str),
        "items": st.lists(ITEMS, min_size=1, max_size=3),
        "state": st.just("PAID"),
        "counts": st.dictionaries(st.text(), st.integers(-(2**31), 2**31 - 1), min_size=1, max_size=2),
    }
)


def files(path: str, place: Place) -> bytes:
    if path not in FILES:
        raise DescriptorError([Problem("descriptor.reference", f"there is no file {path!r}", place)])
    return FILES[path]


def reading(**options: Any) -> ProtobufReading:
    return ProtobufReading(schema=ORDER, message="shop.Order", **options)


def writing(**options: Any) -> ProtobufWriting:
    return ProtobufWriting(schema=ORDER, message="shop.Order", **options)


@given(st.lists(ORDERS, max_size=3))
def test_what_is_written_is_read_back(orders: list[Any]) -> None:
    assert read(reading(delimited=True), write(writing(delimited=True), orders)) == orders
    for order in orders:
        assert read(reading(), write(writing(), order)) == order


def test_the_mapping_of_json() -> None:
    value = {"id": 7, "state": "PAID", "paid_at": "2026-01-15T10:00:00Z", "note": "YWI=", "before": {"id": "6"}}
    data = write(writing(), value)
    assert read(reading(), data) == {
        "id": "7",
        "state": "PAID",
        "paidAt": "2026-01-15T10:00:00Z",
        "note": "YWI=",
        "before": {"id": "6"},
    }
    assert read(reading(original_names=True), data)["paid_at"] == "2026-01-15T10:00:00Z"
    assert read(reading(defaults=True), b"")["items"] == []
    assert read(reading(), b"") == {}
    assert content_type(writing(), {}) == "application/x-protobuf"


def test_files_of_the_project_and_what_they_import() -> None:
    value = {"item": {"sku": "a"}, "tax": {"rate": 19}}
    data = ProtobufWriting(schema_file="shop/order.proto", message="shop.Order").compile(files)(value)[0]
    assert ProtobufReading(schema_file="shop/order.proto", message="shop.Order").compile(files)(data, "") == value


def test_a_descriptor_set() -> None:
    described = _compiled("schema.proto", (("schema.proto", ORDER.encode()),))
    options = ProtobufReading(schema_file="shop/order.desc", message="shop.Item")
    assert options.compile(lambda path, place: described)(b"\x0a\x01a", "") == {"sku": "a"}
    with pytest.raises(DescriptorError, match="this is no descriptor set"):
        options.compile(lambda path, place: b"\xff\xff")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xff", "Error parsing message"),
        (b"\x0a\xff\xff\xff\xff\x0f", "Error parsing message"),
        (b"\x12\x02\x0a\x05", ""),
    ],
)
def test_what_is_no_such_message(data: bytes, message: str) -> None:
    assert message in unreadable(reading(), data)


def test_deep_nesting_is_refused() -> None:
    data = b""
    for _ in range(101):
        size = len(data)
        data = b"\x3a" + (bytes([size]) if size < 128 else bytes([size & 127 | 128, size >> 7])) + data
    assert "Error parsing message" in unreadable(reading(), data)


def test_messages_behind_their_lengths() -> None:
    assert "message 1 is cut off" in unreadable(reading(delimited=True), b"\x05ab")
    assert "message 2 has no length" in unreadable(reading(delimited=True), b"\x00\x80")
    assert "message 1 has no length" in unreadable(reading(delimited=True), b"\xff" * 10)
    many = reading(delimited=True, max_messages=10)
    assert "more than `maxMessages`, 10" in unreadable(many, b"\x00" * 11, error=TooLargeError)
    long = [{"note": "A" * 400}]
    assert read(reading(delimited=True), write(writing(delimited=True), long)) == long


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (5, "a message is an object, not a number"),
        ({"idd": 5}, "has no field named"),
        ({"id": "x"}, "id"),
        ({"id": 2**70}, "id"),
        ({"state": "NO"}, "state"),
        ({"counts": {"a": 2**31}}, "counts"),
    ],
)
def test_what_does_not_fit_the_message(value: Any, message: str) -> None:
    assert message in unwritable(writing(), value)
    assert write(writing(ignore_unknown=True), {"idd": 5}) == b""
    assert "the items of a list" in unwritable(writing(delimited=True), {})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"schema": "message {"}, r"the schema does not compile: schema.proto:1:9: Expected message name"),
        ({"schema": ORDER, "message": "shop.Ordr"}, "has no message 'shop.Ordr': did you mean 'shop.Order'"),
        ({"schema": ORDER, "message": "Nothing"}, "has no message 'Nothing': it has shop.Item, shop.Order"),
        ({"schema": 'syntax = "proto3"; import "/etc/passwd"; message A {}', "message": "A"}, "does not compile"),
        ({"schema_file": "shop/none.proto"}, "there is no file"),
    ],
)
def test_schemas_that_cannot_be_used(options: dict[str, Any], message: str) -> None:
    with pytest.raises(DescriptorError, match=message):
        ProtobufReading(**{"message": "shop.Order", **options}).compile(files)


def test_rules_between_options() -> None:
    assert "one of the two" in ProtobufReading.check(ProtobufReading(message="A"))[0][1]
    assert ProtobufWriting.check(writing()) == []
    with pytest.raises(DescriptorError):
        ProtobufReading(schema_file="a/b.proto", message="A").compile(no_files)
