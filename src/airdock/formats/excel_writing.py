"""Writing of Excel workbooks."""

import io
import re
from typing import Any

import msgspec

from airdock.formats.csv_writing import guarded
from airdock.formats.extras import library
from airdock.formats.format import ReadFile, UnwritableError, Write, Writing
from airdock.formats.text import kind_of
from airdock.spec.fields import field
from airdock.spec.kinds import Boolean, Choice, ListOf, Text

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST = 32_767
_MOST_ROWS = 1_048_576
_MOST_COLUMNS = 16_384
_TITLE = re.compile(r"[^\\/?*\[\]:\x00-\x1f]{1,31}")


class ExcelWriting(Writing):
    """A list of rows becomes a workbook of Excel (`.xlsx`) with one sheet.

    A row is an object, whose names are the columns, or a list. An object of such lists becomes a sheet for each of its
    names. A text is a text, even where it begins with `=`, unless `formulas` says otherwise. An object or a list as a
    value is an error. Needs `airdock[excel]`.
    """

    slow = True

    sheet: str = field(
        Text(_TITLE.pattern, "1 to 31 characters, none of \\/?*[]:"), "Name of the sheet.", default="Sheet1"
    )
    header: bool = field(Boolean(), "The first row has the names of the columns.", default=True)
    columns: list[str] = field(
        ListOf(Text(".+", "a name")), "The columns, in order; all names in the rows if left out.", default=[]
    )
    formulas: str = field(
        Choice(("text", "keep", "refuse")),
        "What a text that begins like a formula is: a text, a formula, or an error.",
        default="text",
    )

    def compile(self, file: ReadFile) -> Write:
        excel = library("openpyxl", "excel", self.place)
        cell_class = library("openpyxl.cell", "excel", self.place).WriteOnlyCell
        illegal = library("openpyxl.utils.exceptions", "excel", self.place).IllegalCharacterError

        def write(value: Any) -> tuple[bytes, str]:
            book = excel.Workbook(write_only=True)
            for title, rows in _sheets(value, self.sheet):
                sheet = book.create_sheet(title)

                def cell(each: Any, sheet: Any = sheet) -> Any:
                    return self._cell(each, sheet, cell_class)

                try:
                    for row in self._rows(rows, title):
                        sheet.append([cell(each) for each in row])
                except (illegal, ValueError, TypeError) as error:
                    raise UnwritableError(f"a cell of {title!r} cannot be written: {str(error)[:200]}") from error
            out = io.BytesIO()
            book.save(out)
            return out.getvalue(), TYPE

        return write

    def _rows(self, rows: Any, title: str) -> Any:
        if not isinstance(rows, list | tuple):
            raise UnwritableError(f"the rows of {title!r} are the items of a list, not of {kind_of(rows)}")
        names = self.columns or list(dict.fromkeys(name for row in rows if isinstance(row, dict) for name in row))
        if len(rows) >= _MOST_ROWS or len(names) > _MOST_COLUMNS:
            raise UnwritableError(f"the sheet {title!r} has more rows or columns than Excel knows")
        if self.header and names:
            yield names
        for number, row in enumerate(rows):
            if isinstance(row, dict):
                yield [row.get(name) for name in names]
            elif isinstance(row, list | tuple):
                yield row
            else:
                raise UnwritableError(f"row {number} of {title!r} is {kind_of(row)}, not an object or a list")

    def _cell(self, value: Any, sheet: Any, make: Any) -> Any:
        if isinstance(value, str):
            if len(value) > _LONGEST:
                raise UnwritableError(f"a text is longer than {_LONGEST} characters")
            if self.formulas == "refuse" and value.startswith(("=", "+", "-", "@")):
                guarded(value, "refuse")
            if self.formulas != "keep" and value.startswith("="):
                cell = make(sheet, value)
                cell.data_type = "s"
                return cell
            return value
        if isinstance(value, dict | list | tuple | bytes | bytearray | memoryview):
            raise UnwritableError(f"a value is {kind_of(value)}, which a cell cannot hold")
        if value is None or isinstance(value, bool | int | float):
            return value
        return msgspec.to_builtins(value)


def _sheets(value: Any, title: str) -> list[tuple[str, Any]]:
    if not isinstance(value, dict):
        return [(title, value)]
    bad = next((name for name in value if not isinstance(name, str) or not _TITLE.fullmatch(name)), None)
    if bad is not None or not value:
        raise UnwritableError(f"a sheet cannot be called {bad!r:.60}" if value else "there is no sheet to write")
    return list(value.items())
