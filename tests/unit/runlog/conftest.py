"""A run log in a folder of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.runlog.books import Book


@pytest.fixture
def open_book(tmp_path: Path) -> Iterator[Callable[..., Book]]:
    """Makes a `Book` with the settings given; closed when the test ends."""
    books: list[Book] = []

    def make(**settings: Any) -> Book:
        books.append(Book(tmp_path / "home", **settings))
        return books[-1]

    yield make
    for book in books:
        book.log.close()


@pytest.fixture
def book(open_book: Callable[..., Book]) -> Book:
    return open_book()
