"""CSV and its relatives: rows of texts."""

from collections.abc import Iterable, Iterator
from typing import Any

from airdock.formats.csv_rows import CsvRows
from airdock.formats.csv_writing import CsvWriting
from airdock.formats.dialect import COLUMNS, DELIMITER, ESCAPE, QUOTE, check_dialect, dialect_of
from airdock.formats.feeding import MAX_SIZE, STREAMING, TextFeed
from airdock.formats.format import ContentError, Format, Read, ReadFile, Reading
from airdock.formats.text import READ_CHARSET, charset_field, check_charset
from airdock.spec.fields import field
from airdock.spec.kinds import Boolean, Choice, Size

Row = dict[str, Any] | list[Any]


class CsvReading(Reading):
    """CSV (RFC 4180), and what is like it, becomes a list of rows.

    A row is an object by the names in the first line, or a list where `header` is false and there are no `columns`.
    Every value is a text. Empty lines are passed over. A row with another number of fields than there are names is an
    error, unless `ragged` says otherwise.
    """

    slow = True

    streaming: bool = STREAMING
    delimiter: str = DELIMITER
    quote: str = QUOTE
    escape: str = ESCAPE
    header: bool = field(Boolean(), "The first line has the names of the columns.", default=True)
    columns: list[str] = COLUMNS
    ragged: str = field(
        Choice(("refuse", "fill")),
        "What happens to a row with too few or too many fields: it is an error, or what is missing is null and what is"
        " too much is left out.",
        default="refuse",
    )
    trim: bool = field(Boolean(), "White space around a value is taken away.", default=False)
    empty_as_null: bool = field(Boolean(), "An empty value is null.", default=False)
    charset: str = charset_field(READ_CHARSET)
    max_row_size: int = field(Size(), "A row may have so many characters.", default=1024**2)
    max_size: int = MAX_SIZE

    def compile(self, file: ReadFile) -> Read:
        def read(data: str | bytes, content_type: str) -> list[Row]:
            table = self.feed(content_type)
            return [*table.feed(data), *table.end()]

        return read

    def feed(self, content_type: str) -> "Table":
        return Table(self, content_type)

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return check_dialect(element) + check_charset(element)


class Table:
    """The rows of CSV that comes piece by piece, as values."""

    def __init__(self, options: CsvReading, content_type: str) -> None:
        self._options = options
        self._text = TextFeed(content_type, options.charset)
        self._rows = CsvRows(dialect_of(options), options.max_row_size)
        self._names = options.columns
        self._header = options.header
        self._plain = not (options.trim or options.empty_as_null)

    def feed(self, piece: bytes | str) -> Iterator[Row]:
        return self._values(self._rows.feed(self._text.feed(piece)))

    def end(self) -> Iterator[Row]:
        yield from self._values(self._rows.feed(self._text.feed(b"", last=True)))
        yield from self._values(self._rows.end())

    def _values(self, rows: Iterable[list[str]]) -> Iterator[Row]:
        for row in rows:
            if self._header:
                self._header = False
                if not self._names:
                    self._names = self._checked([name.strip() for name in row])
                continue
            names = self._names
            if names and len(row) != len(names):
                row = self._fitting(row, len(names))
            values: list[Any] = row if self._plain else [self._value(each) for each in row]
            yield dict(zip(names, values, strict=True)) if names else values

    def _checked(self, names: list[str]) -> list[str]:
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ContentError(f"line {self._rows.line}: two columns are called {twice!r:.80}: name them by `columns`")
        return names

    def _fitting(self, row: list[Any], count: int) -> list[Any]:
        if self._options.ragged == "refuse":
            raise ContentError(f"line {self._rows.line}: the row has {len(row)} fields, not {count}")
        return row[:count] + [None] * (count - len(row))

    def _value(self, text: str | None) -> str | None:
        if text is not None and self._options.trim:
            text = text.strip()
        return None if text == "" and self._options.empty_as_null else text


FORMAT = Format("csv", CsvReading, CsvWriting)
