"""Excel workbooks."""

import datetime
import io
from collections.abc import Iterable, Iterator
from typing import Any
from zipfile import ZipFile

from airdock.formats.excel_writing import ExcelWriting
from airdock.formats.extras import library
from airdock.formats.format import ContentError, Format, Read, ReadFile, Reading, TooLargeError
from airdock.formats.text import bytes_of
from airdock.formats.zip import content_within, open_archive
from airdock.spec.fields import field
from airdock.spec.kinds import Boolean, Integer, ListOf, Size, Text

_MOST_ENTRIES = 10_000
_DOCTYPES = tuple("<!DOCTYPE".encode(charset) for charset in ("ascii", "utf-16-le", "utf-16-be"))


class ExcelReading(Reading):
    """A workbook of Excel (`.xlsx`) becomes the list of the rows of a sheet.

    A row is an object by the names in the first row, or a list where `header` is false and there are no `columns`.
    A cell is a text, a number, true, false or null; dates and times are texts in ISO 8601; a formula is the value that
    Excel last gave it. Empty rows are passed over. Needs `airdock[excel]`.
    """

    slow = True

    sheet: str = field(Text(), "Name of the sheet; the first one if left out.", default="", example="Prices")
    all_sheets: bool = field(Boolean(), "The value has the rows of each sheet by its name.", default=False)
    header: bool = field(Boolean(), "The first row has the names of the columns.", default=True)
    columns: list[str] = field(
        ListOf(Text(".+", "a name")), "Names of the columns, instead of those found.", default=[], example=["sku"]
    )
    skip: int = field(Integer(0, 1_000_000), "So many rows at the top are passed over.", default=0)
    max_cells: int = field(Integer(1, 100_000_000), "There may be so many cells.", default=1_000_000)
    max_size: int = field(Size(), "The unpacked workbook may have so many bytes.", default=64 * 1024**2, unit="bytes")

    def compile(self, file: ReadFile) -> Read:
        excel = library("openpyxl", "excel", self.place)
        broken = (KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, SyntaxError, OverflowError)

        def read(data: str | bytes, content_type: str) -> Any:
            content = bytes_of(data)
            _check(open_archive(content, _MOST_ENTRIES), self.max_size)
            try:
                book = excel.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
                return self._read(book)
            except broken as error:
                raise ContentError(f"it cannot be read: {type(error).__name__}: {str(error)[:200]}") from error

        return read

    def _read(self, book: Any) -> Any:
        cells = _Cells(self.max_cells)
        sheets = {sheet.title: sheet for sheet in book.worksheets}
        if self.all_sheets:
            return {name: list(self._rows(sheet, cells)) for name, sheet in sheets.items()}
        if self.sheet and self.sheet not in sheets:
            raise ContentError(f"there is no sheet {self.sheet!r}: it has {', '.join(map(repr, list(sheets)[:20]))}")
        if not sheets:
            raise ContentError("it has no sheet")
        return list(self._rows(sheets[self.sheet] if self.sheet else next(iter(sheets.values())), cells))

    def _rows(self, sheet: Any, cells: "_Cells") -> Iterator[Any]:
        # What the sheet says of its size need not be true.
        sheet.reset_dimensions()
        names = self.columns
        header = self.header
        for number, row in enumerate(cells.counted(sheet.iter_rows(values_only=True)), 1):
            values = [_plain(each) for each in row]
            while values and values[-1] is None:
                values.pop()
            if number <= self.skip or not values:
                continue
            if header:
                header = False
                names = names or _names(values, sheet.title)
            elif names:
                if len(values) > len(names):
                    raise ContentError(f"row {number} of {sheet.title!r} has {len(values)} cells, not {len(names)}")
                yield dict(zip(names, values + [None] * (len(names) - len(values)), strict=True))
            else:
                yield values

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        if element.sheet and element.all_sheets:
            return [("sheet", "`sheet` and `allSheets` exclude each other")]
        return []


class _Cells:
    """Counts the cells of all sheets; a row counts as one at least."""

    def __init__(self, most: int) -> None:
        self._most = self._left = most

    def counted(self, rows: Iterable[Any]) -> Iterator[Any]:
        for row in rows:
            self._left -= max(len(row), 1)
            if self._left < 0:
                raise TooLargeError(f"it has more than `maxCells`, {self._most} cells")
            yield row


def _check(archive: ZipFile, limit: int) -> None:
    """Unpacks everything once, as the library would without a bound, and looks for what no workbook has."""
    left = limit
    for entry in archive.infolist():
        content = content_within(archive, entry, left, limit)
        left -= len(content)
        if any(mark in content for mark in _DOCTYPES):
            raise ContentError(f"the file {entry.filename!r:.80} in it has a document type declaration (DTD)")


def _names(values: list[Any], sheet: str) -> list[str]:
    names = [str(value).strip() if value is not None else "" for value in values]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        what = f"two columns are called {twice!r:.80}" if twice else "two columns have no name"
        raise ContentError(f"{what} in {sheet!r}: name them by `columns`")
    return names


def _plain(value: Any) -> Any:
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    return value


FORMAT = Format("excel", ExcelReading, ExcelWriting)
