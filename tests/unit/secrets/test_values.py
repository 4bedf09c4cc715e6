from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.secrets.errors import SecretsError
from airdock.secrets.values import LARGEST, check_value, value_of


@pytest.mark.parametrize("content", ["a", "a\n", "a\r\n"])
def test_one_newline_at_the_end_is_left_out(content: str) -> None:
    assert value_of(content.encode()) == "a"


@pytest.mark.parametrize("value", ["a\n\n", " a ", "x" * LARGEST])
def test_anything_else_is_kept(value: str) -> None:
    assert value_of(f"{value}\n".encode()) == value


@given(st.binary() | st.sampled_from([b"", b"\n", b"x" * (LARGEST + 1), "ä".encode() * (LARGEST // 2 + 1)]))
def test_content_is_a_value_or_refused(content: bytes) -> None:
    with suppress(SecretsError):
        check_value(value_of(content))


def test_refusal_does_not_hold_the_value() -> None:
    for value in ("visible\ud800", "visible" * 10_000):
        with pytest.raises(SecretsError) as caught:
            check_value(value)
        assert caught.value.code == "secrets.value"
        assert "visible" not in str(caught.value)
