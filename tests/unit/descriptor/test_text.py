import pytest

from airdock.descriptor.problems import Problems, Unreadable
from airdock.descriptor.text import decode
from airdock.errors import Problem


def problem(content: str | bytes, largest: int = 100) -> Problem:
    problems = Problems()
    with pytest.raises(Unreadable):
        decode(content, "a.flow", largest, problems)
    return problems.error().problems[0]


def test_text_and_bytes_are_read() -> None:
    assert decode("ä", "a.flow", 100, Problems()).text == "ä"
    assert decode("ä".encode(), "a.flow", 100, Problems()).text == "ä"


@pytest.mark.parametrize(
    ("content", "line", "column", "message"),
    [
        (b"{\n  \xff}", 2, 3, "the byte 0xff is not UTF-8 text"),
        (b"\xef\xbb\xbf{}", 1, 1, "the file begins with a byte order mark"),
        ("{}".encode("utf-16"), 1, 1, "the file is UTF-16 text"),
        ("{\n\ud800}", 2, 1, "this is one half of a character"),
    ],
)
def test_what_is_not_utf8_is_refused(content: str | bytes, line: int, column: int, message: str) -> None:
    found = problem(content)
    assert (found.code, found.message) == ("descriptor.encoding", message)
    assert (found.place.line, found.place.column) == (line, column)


def test_size_is_counted_in_bytes() -> None:
    assert problem("ä" * 51).code == "descriptor.tooLarge"
    assert decode("ä" * 50, "a.flow", 100, Problems()).text == "ä" * 50
