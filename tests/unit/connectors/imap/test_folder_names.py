import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.connectors.imap.folder_names import decoded, encoded


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("INBOX", b"INBOX"),
        ("a & b", b"a &- b"),
        ("Entwürfe", b"Entw&APw-rfe"),
        ("~peter/mail/台北/日本語", b"~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
        ("📧", b"&2D3c5w-"),
    ],
)
def test_names_as_the_standard_has_them(name: str, expected: bytes) -> None:
    assert encoded(name) == expected
    assert decoded(expected) == name


def test_what_is_not_encoded_well_stays() -> None:
    assert decoded(b"a&b&A-\xff") == "a&b&A-\ufffd"


@given(st.text())
def test_any_name_comes_back(name: str) -> None:
    assert encoded(name).isascii()
    assert decoded(encoded(name)) == name
