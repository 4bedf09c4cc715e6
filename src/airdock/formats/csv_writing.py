"""Writing of CSV."""

import csv
import io
from collections.abc import Callable
from typing import Any

import msgspec

from airdock.formats.dialect import COLUMNS, DELIMITER, ESCAPE, QUOTE, check_dialect, dialect_of
from airdock.formats.format import ReadFile, UnwritableError, Write, Writing
from airdock.formats.text import WRITE_CHARSET, charset_field, check_charset, encoded, kind_of
from airdock.spec.fields import field
from airdock.spec.kinds import Boolean, Choice

TYPE = "text/csv"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class CsvWriting(Writing):
    """A list of rows becomes CSV (RFC 4180) of type `text/csv`.

    A row is an object, whose names are the columns, or a list. The columns are those named in `columns`, else every
    name in the order in which it first stands in a row. Null is empty; a number, true or false stands as in JSON;
    an object or a list as a value is an error.

    A text that a spreadsheet would take for a formula begins with `=`, `+`, `-`, `@`, a tab or a carriage return:
    where others write what stands in your file, set `formulas`.
    """

    slow = True

    delimiter: str = DELIMITER
    quote: str = QUOTE
    escape: str = ESCAPE
    header: bool = field(Boolean(), "The first line has the names of the columns.", default=True)
    columns: list[str] = COLUMNS
    quoting: str = field(
        Choice(("needed", "all")), "Which fields stand in quotes: those that must, or all.", default="needed"
    )
    line_end: str = field(Choice(("crlf", "lf")), "How lines end.", default="crlf")
    formulas: str = field(
        Choice(("keep", "escape", "refuse")),
        "What happens to a text that begins like a formula: nothing, an apostrophe comes before it, or it is an error.",
        default="keep",
    )
    charset: str = charset_field(WRITE_CHARSET)

    def compile(self, file: ReadFile) -> Write:
        dialect = {**dialect_of(self), "lineterminator": "\r\n" if self.line_end == "crlf" else "\n"}
        if self.quoting == "all":
            dialect["quoting"] = csv.QUOTE_ALL
        cell, charset, columns, header = _cells(self.formulas), self.charset, self.columns, self.header

        def write(value: Any) -> tuple[str | bytes, str]:
            if not isinstance(value, list | tuple):
                raise UnwritableError(f"the rows are the items of a list, not of {kind_of(value)}")
            out = io.StringIO(newline="")
            writer = csv.writer(out, **dialect)
            names = columns or _names(value)
            try:
                if header and names:
                    writer.writerow(names)
                for number, row in enumerate(value):
                    writer.writerow(_row(row, names, number, cell))
            except csv.Error as error:
                raise UnwritableError(f"a value cannot stand in CSV: {error}") from error
            return encoded(out.getvalue(), TYPE, charset)

        return write

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        problems = check_dialect(element) + check_charset(element)
        if element.quoting == "all" and not element.quote:
            problems.append(("quoting", "`quoting` needs a `quote`"))
        return problems


def _names(rows: Any) -> list[str]:
    names: dict[str, None] = {}
    for row in rows:
        if isinstance(row, dict):
            names.update(dict.fromkeys(row))
    return list(names)


def _row(row: Any, names: list[str], number: int, cell: Callable[[Any], Any]) -> list[Any]:
    if isinstance(row, dict):
        values = [row.get(name) for name in names]
    elif isinstance(row, list | tuple):
        values = list(row)
    else:
        raise UnwritableError(f"row {number} is {kind_of(row)}, not an object or a list")
    try:
        return [cell(value) for value in values]
    except UnwritableError as error:
        raise UnwritableError(f"row {number}: {error}") from error


def _cells(formulas: str) -> Callable[[Any], Any]:
    """How a value becomes the text of a cell."""

    def cell(value: Any) -> str:
        if isinstance(value, str):
            return guarded(value, formulas) if value.startswith(_FORMULA) else value
        if value is None:
            return ""
        if isinstance(value, dict | list | tuple | bytes | bytearray | memoryview):
            raise UnwritableError(f"a value is {kind_of(value)}, which CSV cannot hold")
        try:
            return msgspec.json.encode(value).decode().strip('"')
        except (TypeError, ValueError, msgspec.MsgspecError) as error:
            raise UnwritableError(f"CSV cannot hold a value: {error}") from error

    return cell


def guarded(text: str, formulas: str) -> str:
    """A text that begins like a formula, as the option `formulas` wants it.

    Raises:
        UnwritableError: it wants none.
    """
    if formulas == "refuse":
        raise UnwritableError(f"the text {text!r:.60} begins like a formula")
    return f"'{text}" if formulas == "escape" else text
