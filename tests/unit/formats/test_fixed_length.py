from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.errors import DescriptorError, Place
from airdock.formats.fixed_length import FixedLengthReading
from airdock.formats.fixed_length_writing import FixedLengthWriting
from airdock.formats.layout import FixedField, FixedRecord
from tests.unit.formats.use import content_type, read, unreadable, unwritable, write

DATA = Path(__file__).parent / "data"
STATEMENT = (DATA / "statement.txt").read_bytes()
FIELDS = [
    FixedField(name="id", length=5, type="integer"),
    FixedField(length=2),
    FixedField(name="name", length=8),
    FixedField(name="price", length=8, type="decimal", scale=2),
]
TEXT = st.text(alphabet="abcä_0", max_size=8)
RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.integers(-9999, 99999) | st.none(),
            "name": TEXT,
            "price": st.integers(-999_999, 9_999_999).map(lambda cents: cents / 100) | st.none(),
        }
    ),
    max_size=5,
)


def statement(path: str, place: Place) -> bytes:
    assert path == "bank/statement.json"
    return (DATA / "statement.json").read_bytes()


@given(RECORDS, st.sampled_from(["lf", "crlf", "none"]))
def test_what_is_written_is_read_back(records: list[Any], end: str) -> None:
    text = write(FixedLengthWriting(fields_=FIELDS, line_end=end), records)
    assert read(FixedLengthReading(fields_=FIELDS, line_end=end), text) == records


def test_a_statement_of_a_bank_by_a_layout_in_a_file() -> None:
    options = FixedLengthReading(layout="bank/statement.json")
    records = options.compile(statement)(STATEMENT, "")
    assert records == [
        {"record": "header", "date": "20260115", "number": 12345, "owner": "ACME TRADING LTD"},
        {"record": "detail", "line": 1, "iban": "DE89370400440532013000", "amount": 123.45, "text": "INVOICE 4711"},
        {"record": "detail", "line": 2, "iban": "GB29NWBK60161331926819", "amount": -9.5, "text": "BANK FEE"},
        {"record": "trailer", "lines": 2, "sum": 113.95},
    ]
    text, type = FixedLengthWriting(layout="bank/statement.json").compile(statement)(records)
    assert (text, type) == (STATEMENT.decode().replace("+", "0"), "text/plain")


def test_ebcdic_without_ends_of_lines() -> None:
    options = FixedLengthWriting(fields_=FIELDS, line_end="none", charset="cp037")
    data = write(options, [{"id": 7, "name": "Tea", "price": 4.5}] * 2)
    assert len(data) == 46
    assert data[:5] == b"\xf0\xf0\xf0\xf0\xf7"
    assert len(read(FixedLengthReading(fields_=FIELDS, line_end="none", charset="cp037"), data)) == 2
    assert content_type(options, []) == "text/plain; charset=cp037"


def test_numbers_and_fillings() -> None:
    fields = [
        FixedField(name="a", length=4, type="integer", pad=" "),
        FixedField(name="b", length=4, type="decimal", scale=1, align="left", pad="*"),
        FixedField(name="c", length=4, align="right", pad="0"),
    ]
    assert write(FixedLengthWriting(fields_=fields), [{"a": -3, "b": "1.5", "c": "x"}]) == "  -315**000x\n"
    assert read(FixedLengthReading(fields_=fields), "  3-15**000x\n\n    ********") == [
        {"a": -3, "b": 1.5, "c": "x"},
        {"a": None, "b": None, "c": "****"},
    ]


def test_short_lines_may_be_filled_up() -> None:
    assert read(FixedLengthReading(fields_=FIELDS, ragged="fill"), "00007  Tea") == [
        {"id": 7, "name": "Tea", "price": None}
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("00007  Tea     00000450\n00007  Tea", "record 2: it has 10 characters, not 23"),
        ("00007  Tea     000004500", "record 1: it has 24 characters, not 23"),
        ("0000x  Tea     00000450", "record 1: id at 1: '0000x' is not a number"),
        ("00007  Tea     0000 450", "record 1: price at 16: '0000 450' is not a number"),
        ("00007  Tea     +-000450", "is not a number"),
        (b"\xff", "is not utf-8 text"),
    ],
)
def test_an_error_names_the_record(text: str | bytes, message: str) -> None:
    assert message in unreadable(FixedLengthReading(fields_=FIELDS), text)


def test_records_of_a_fixed_length_have_no_rest() -> None:
    assert "is no multiple of that of a record, 23" in unreadable(
        FixedLengthReading(fields_=FIELDS, line_end="none"), "x"
    )


def test_kinds_of_records() -> None:
    records = [FixedRecord(name="a", match="A", at=3, fields_=[FixedField(length=2), FixedField(name="x", length=2)])]
    assert read(FixedLengthReading(records=records), "  A1") == [{"record": "a", "x": "A1"}]
    assert "record 1: no `match` of a kind of record takes it: 'A   '" in unreadable(
        FixedLengthReading(records=records), "A   "
    )
    constant = [FixedField(name="x", length=2, value="OK")]
    assert "x at 1: it is 'NO', not 'OK'" in unreadable(FixedLengthReading(fields_=constant), "NO")
    options = FixedLengthWriting(records=records)
    assert "`record` is 'b', not one of a" in unwritable(options, [{"record": "b"}])
    assert "'A' does not stand at 3" in unwritable(options, [{"record": "a", "x": "B"}])


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"id": 1}, "the records are the items of a list, not of an object"),
        ([5], "record 0: it is a number, not an object"),
        ([{}, {"name": "much too long"}], "record 1: name: 'much too long' is longer than 8 characters"),
        ([{"name": "a\nb"}], "holds the end of a line"),
        ([{"name": {}}], "the value of 'name' is an object"),
        ([{"id": "x"}], "id: it is not a number"),
        ([{"id": 1.5}], "id: 1.5 has more than 0 digits behind the point"),
        ([{"price": 1.234}], "price: 1.234 has more than 2 digits"),
        ([{"id": True}], "id: it is true, not a number"),
        ([{"id": float("inf")}], "is not a number"),
        ([{"id": 10**5000}], "too many digits"),
        ([{"name": 10**5000}], "has no text"),
    ],
)
def test_what_a_record_cannot_hold(value: Any, message: str) -> None:
    assert message in unwritable(FixedLengthWriting(fields_=FIELDS), value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"{", "/bank/statement.json is not JSON"),
        (b'{"fields": [{"length": 0}]}', "$.fields[0].length in /bank/statement.json: 0 is less than"),
        (b'{"fields": [{"lenght": 1, "length": 1}]}', "$.fields[0] in /bank/statement.json: Additional properties"),
        (b'{"records": []}', "give one of `fields`, `records` and `layout`"),
        (b"[]", "is not of type"),
    ],
)
def test_a_layout_that_is_none(text: bytes, message: str) -> None:
    with pytest.raises(DescriptorError, match=r"statement\.json") as caught:
        FixedLengthReading(layout="bank/statement.json").compile(lambda path, place: text)
    assert message in str(caught.value)


def test_rules_between_options() -> None:
    assert "give one of" in FixedLengthReading.check(FixedLengthReading())[0][1]
    assert "give one of" in FixedLengthReading.check(FixedLengthReading(fields_=FIELDS, layout="a/b.json"))[0][1]
    assert "two fields are called 'id'" in FixedLengthReading.check(FixedLengthReading(fields_=FIELDS * 2))[0][1]
    record = FixedRecord(name="a", match="A", fields_=FIELDS)
    assert "two records" in FixedLengthWriting.check(FixedLengthWriting(records=[record, record]))[0][1]
    assert FixedField.check(FixedField(length=2, scale=2))[0][0] == "scale"
    assert FixedField.check(FixedField(length=2, value="abc"))[0][0] == "value"
    assert FixedRecord.check(FixedRecord(name="a", match="A", at=24, fields_=FIELDS))[0][0] == "match"
