"""The rows of a table-driven case."""

import csv
import io
import re
from typing import Any

import msgspec

from airdock.spec.flow_test import FlowCase
from airdock.testing.runner.requests import ReadFile

_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,300})(\.[0-9]{1,300})?([eE][+-]?[0-9]{1,2})?")
_WORDS = {"true": True, "false": False, "null": None}


def rows_of(case: FlowCase, read_file: ReadFile) -> list[dict[str, Any] | None]:
    """The rows that a case is run for; None alone where it has none.

    Raises:
        OSError: the CSV file cannot be read. ValueError: it is none.
    """
    if case.rows is None:
        return [None]
    if isinstance(case.rows, list):
        return list(case.rows)
    return list(_table(read_file(case.rows)))


def row_name(case: FlowCase, number: int, row: dict[str, Any] | None) -> str:
    """The name of a case for one of its rows, which count from 1."""
    if row is None:
        return case.name
    cells = ", ".join(f"{name}={_cell_text(value)}" for name, value in row.items())
    return f"{case.name} [{number}: {cells if len(cells) <= 60 else cells[:59] + '…'}]"


def _table(content: bytes) -> list[dict[str, Any]]:
    reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    try:
        lines = [line for line in reader if line]
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num}: {error}") from error
    if len(lines) < 2:
        raise ValueError("it has no rows below its first line, which has the names")
    names, *rows = lines
    for number, row in enumerate(rows, 2):
        if len(row) > len(names):
            raise ValueError(f"row {number} has {len(row)} cells, and there are {len(names)} names")
    return [{name: _value(cell) for name, cell in zip(names, row, strict=False) if cell != ""} for row in rows]


def _value(cell: str) -> Any:
    if cell in _WORDS:
        return _WORDS[cell]
    return msgspec.json.decode(cell) if _NUMBER.fullmatch(cell) else cell


def _cell_text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
