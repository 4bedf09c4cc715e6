import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.triggers.http.basic import basic_credential


def encoded(plain: bytes) -> str:
    return base64.b64encode(plain).decode()


@pytest.mark.parametrize(
    ("plain", "found"),
    [(b"ann:pass", ("ann", "pass")), (b"ann:", ("ann", "")), (b":a:b", ("", "a:b")), ("é:日".encode(), ("é", "日"))],
)
def test_user_and_password_stand_on_the_sides_of_the_first_colon(plain: bytes, found: tuple[str, str]) -> None:
    assert basic_credential(encoded(plain)) == found


@pytest.mark.parametrize("text", ["", "YQ", "a b", "YTpi\n", "%%%", encoded(b"\xff:x"), encoded(b"nocolon"), "é"])
def test_what_is_no_credential_is_none(text: str) -> None:
    assert basic_credential(text) is None


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    basic_credential(text)
