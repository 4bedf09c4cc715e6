import datetime
import io
import zipfile
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airdock.formats.excel import ExcelReading
from airdock.formats.excel_writing import ExcelWriting
from airdock.formats.format import TooLargeError
from tests.unit.formats.use import content_type, read, unreadable, unwritable, write

CHARACTERS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff_")
TEXT = st.text(alphabet=CHARACTERS, min_size=1, max_size=10)
VALUE = TEXT | st.integers(-(2**40), 2**40) | st.booleans() | st.none() | st.sampled_from(["=1+1", "-1", "2026-01-01"])
ROWS = st.lists(st.lists(VALUE, max_size=4).map(lambda row: [*row, "x"]), max_size=5)


def sheet_xml(cells: str) -> bytes:
    """A workbook whose only sheet holds the given XML."""
    book = openpyxl.Workbook()
    out = io.BytesIO()
    book.save(out)
    made = io.BytesIO()
    with zipfile.ZipFile(out) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                content = cells.encode()
            target.writestr(entry, content)
    return made.getvalue()


def sheet(rows: str, head: str = "", before: str = "") -> bytes:
    name = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return sheet_xml(f'{before}<worksheet xmlns="{name}">{head}<sheetData>{rows}</sheetData></worksheet>')


@settings(max_examples=30)
@given(ROWS)
def test_what_is_written_is_read_back(rows: list[Any]) -> None:
    assert read(ExcelReading(header=False), write(ExcelWriting(), rows)) == rows


def test_objects_and_sheets() -> None:
    value = {"Prices": [{"sku": "a", "price": 1.5}, {"sku": "b", "ok": True}], "Empty": []}
    data = write(ExcelWriting(), value)
    rows = [{"sku": "a", "price": 1.5, "ok": None}, {"sku": "b", "price": None, "ok": True}]
    assert read(ExcelReading(), data) == read(ExcelReading(sheet="Prices"), data) == rows
    assert read(ExcelReading(all_sheets=True), data) == {"Prices": rows, "Empty": []}
    assert read(ExcelReading(columns=["x", "y", "z"], skip=1, header=False), data)[0] == {"x": "a", "y": 1.5, "z": None}
    assert read(ExcelReading(), write(ExcelWriting(columns=["b"], sheet="S"), [{"a": 1, "b": 2}])) == [{"b": 2}]
    assert content_type(ExcelWriting(), []).startswith("application/vnd.openxmlformats")


def test_dates_are_texts_and_formulas_what_they_came_to() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["day", "at", "took", None])
    sheet.append([datetime.date(2026, 1, 15), datetime.time(10, 30), datetime.timedelta(hours=25)])
    out = io.BytesIO()
    book.save(out)
    (row,) = read(ExcelReading(), out.getvalue())
    assert (row["day"], row["at"]) == ("2026-01-15T00:00:00", "10:30:00")
    assert row["took"] == 90000.0 or row["took"].startswith("1900-01-0")


def test_formulas() -> None:
    rows = [["=1+1", "+2"]]
    book = openpyxl.load_workbook(io.BytesIO(write(ExcelWriting(), rows)))
    assert [cell.data_type for cell in book.worksheets[0][1]] == ["s", "s"]
    book = openpyxl.load_workbook(io.BytesIO(write(ExcelWriting(formulas="keep"), rows)))
    assert [cell.data_type for cell in book.worksheets[0][1]] == ["f", "s"]
    assert "'=1+1' begins like a formula" in unwritable(ExcelWriting(formulas="refuse"), rows)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not a zip file"),
        (b"\xd0\xcf\x11\xe0 an old workbook, or one with a password", "not a zip file"),
        (write(ExcelWriting(), [["a", "a"], [1, 2]]), "two columns are called 'a' in 'Sheet1'"),
        (write(ExcelWriting(), [["a", None, None, "b"]]), "two columns have no name"),
        (write(ExcelWriting(), [["a"], [1, 2]]), "row 2 of 'Sheet1' has 2 cells, not 1"),
        (sheet("<row><c t='s'><v>99</v></c></row>"), "it cannot be read: IndexError"),
        (sheet("<row>"), "it cannot be read: "),
    ],
)
def test_what_is_not_read(data: bytes, message: str) -> None:
    assert message in unreadable(ExcelReading(), data)


def test_a_sheet_that_is_not_there() -> None:
    assert "there is no sheet 'X': it has 'Sheet1'" in unreadable(ExcelReading(sheet="X"), write(ExcelWriting(), []))
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("a.txt", "x")
    assert "it cannot be read" in unreadable(ExcelReading(), other.getvalue())


def test_far_cells_cost_nothing() -> None:
    far = sheet(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>',
        '<dimension ref="A1:XFD1048576"/>',
    )
    assert "more than `maxCells`, 1000000" in unreadable(ExcelReading(header=False), far, error=TooLargeError)
    near = sheet('<row r="1"><c r="A1"><v>1</v></c></row>', '<dimension ref="A1:XFD1048576"/>')
    assert read(ExcelReading(header=False), near) == [[1]]


def test_bombs_are_refused() -> None:
    bomb = sheet("<row>" + "<c><v>1</v></c>" * 200_000 + "</row>")
    assert "more than `maxSize`, 1048576 bytes" in unreadable(ExcelReading(max_size=1024**2), bomb, error=TooLargeError)
    laughs = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    assert "document type declaration" in unreadable(ExcelReading(), sheet("<row/>", before=laughs))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (5, "the rows of 'Sheet1' are the items of a list, not of a number"),
        ([5], "row 0 of 'Sheet1' is a number, not an object or a list"),
        ([[{}]], "a value is an object, which a cell cannot hold"),
        ([["x" * 40_000]], "a text is longer than 32767 characters"),
        ([["\x00"]], "a cell of 'Sheet1' cannot be written"),
        ({"a/b": []}, "a sheet cannot be called 'a/b'"),
        ({}, "there is no sheet to write"),
        ({"a": 5}, "the rows of 'a'"),
    ],
)
def test_what_a_workbook_cannot_hold(value: Any, message: str) -> None:
    assert message in unwritable(ExcelWriting(), value)


def test_rules_between_options() -> None:
    assert ExcelReading.check(ExcelReading(sheet="a", all_sheets=True))[0][0] == "sheet"
    assert ExcelReading.check(ExcelReading()) == []
