"""CSV as rows of texts, made of text that may come piece by piece."""

import csv
import io
from collections.abc import Iterator
from itertools import chain
from typing import Any

from airdock.formats.format import ContentError, TooLargeError

# The library's own bound is one for the whole process, and too narrow; rows are measured as they are fed.
csv.field_size_limit(2**31 - 1)


class _Starved(Exception):  # noqa: N818 -- no error: the sign that a row goes on in text that has not come yet
    pass


class CsvRows:
    """Takes text and gives the rows that are complete.

    Attributes:
        line: How many lines the rows given so far had.
    """

    def __init__(self, dialect: dict[str, Any], limit: int) -> None:
        self.line = 0
        self._dialect = dialect
        self._limit = limit
        self._taken: list[str] = []
        self._size = 0
        self._rest = ""
        self._ended = False
        self._lines: Iterator[str] = iter(())

    def feed(self, text: str) -> Iterator[list[str]]:
        """The rows that end in this piece of text.

        Raises:
            ContentError: this is not CSV; with the line. TooLargeError: a row is too long.
        """
        text = self._rest + text
        # A carriage return at the end may be half of a line's end.
        cut = max(text.rfind("\n"), text.rfind("\r", 0, len(text) - 1)) + 1
        self._rest = text[cut:]
        yield from self._rows(text[:cut])
        if self._size + len(self._rest) > self._limit:
            raise self._too_long()

    def end(self) -> Iterator[list[str]]:
        """The rows that are left: there is no more text; raises what `feed` does."""
        self._ended = True
        yield from self._rows(self._rest)

    def _rows(self, text: str) -> Iterator[list[str]]:
        self._lines = chain(self._taken, io.StringIO(text, newline=""))
        self._taken, self._size = [], 0
        reader = csv.reader(self, strict=True, **self._dialect)
        while True:
            try:
                row = next(reader, None)
            except _Starved:
                return
            except csv.Error as error:
                raise ContentError(f"line {self.line + 1}: {error}") from error
            self.line += len(self._taken)
            self._taken, self._size = [], 0
            if row is None:
                return
            if row:
                yield row

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        """The next line, for the library."""
        line = next(self._lines, None)
        if line is None:
            if self._ended:
                raise StopIteration
            raise _Starved
        self._taken.append(line)
        self._size += len(line)
        if self._size > self._limit:
            raise self._too_long()
        return line

    def _too_long(self) -> TooLargeError:
        return TooLargeError(f"line {self.line + 1}: the row is longer than `maxRowSize`, {self._limit} characters")
