import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.formats.base64 import Base64Reading, Base64Writing
from tests.unit.formats.use import content_type, read, unreadable, unwritable, write


@given(st.binary(max_size=100), st.sampled_from(["standard", "url"]), st.booleans(), st.sampled_from([0, 4, 76]))
def test_what_is_written_is_read_back(data: bytes, variant: str, padding: bool, length: int) -> None:
    text = write(Base64Writing(variant=variant, padding=padding, line_length=length), data)
    assert read(Base64Reading(variant=variant), text) == read(Base64Reading(variant=variant), text.encode()) == data


def test_texts() -> None:
    assert write(Base64Writing(), "Grüße") == "R3LDvMOfZQ=="
    assert read(Base64Reading(charset="utf-8"), " R3LD\r\nvMOfZQ== \n") == "Grüße"
    assert read(Base64Reading(), "") == b""
    assert content_type(Base64Writing(), "a").startswith("text/plain")


def test_lines_of_mails() -> None:
    lines = write(Base64Writing(line_length=76), b"x" * 100).split("\r\n")
    assert [len(line) for line in lines] == [76, 60]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ab*d", "'*' at 2"),
        ("ab-d", "'-' at 2"),
        ("abcde", "its length is none"),
        ("abc==", "padding"),
        ("ab=c", "'=' at 2"),
        ("ab====", "'=' at 2"),
        ("ä", "'ä' at 0"),
    ],
)
def test_what_is_not_base64(text: str, message: str) -> None:
    assert message in unreadable(Base64Reading(), text)


def test_the_alphabet_of_addresses_is_another() -> None:
    assert read(Base64Reading(variant="url"), "-_8") == b"\xfb\xff"
    assert "'+' at 0" in unreadable(Base64Reading(variant="url"), "+/8")


def test_what_is_inside_may_have_another_charset() -> None:
    assert "is not utf-8 text" in unreadable(Base64Reading(charset="utf-8"), "/w==")


def test_only_content_is_packed() -> None:
    assert unwritable(Base64Writing(), {"a": 1}) == "base64 packs a text or bytes, not an object: marshal it first"
