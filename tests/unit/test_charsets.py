import pytest

from airdock.charsets import codec


@pytest.mark.parametrize(
    ("charset", "name"),
    [
        ("", "utf-8"),
        ("UTF8", "utf-8"),
        ("latin1", "iso8859-1"),
        ("ISO-8859-15", "iso8859-15"),
        ("windows-1252", "cp1252"),
        ("Shift_JIS", "shift_jis"),
        ("gb18030", "gb18030"),
        ("us-ascii", "ascii"),
        ("utf-16le", "utf-16-le"),
    ],
)
def test_character_sets_of_the_web_are_known(charset: str, name: str) -> None:
    assert codec(charset) == name


@pytest.mark.parametrize(
    "charset", ["idna", "punycode", "unicode_escape", "zip", "base64", "rot13", "undefined", "x" * 99, "\0"]
)
def test_other_codecs_are_not(charset: str) -> None:
    assert codec(charset) is None
