import pytest

from airdock.descriptor.names import hint, nearest

WORDS = ("output", "onError", "condition", "timeout")


@pytest.mark.parametrize(
    ("word", "expected"), [("outptu", "output"), ("on_error", "onError"), ("ONERROR", "onError"), ("zzz", ""), ("", "")]
)
def test_nearest(word: str, expected: str) -> None:
    assert nearest(word, WORDS) == expected


def test_long_words_are_not_compared() -> None:
    assert nearest("output" * 1000, WORDS) == ""


def test_a_hint_lists_the_words_where_none_is_near() -> None:
    assert hint("outptu", WORDS, "one of ") == "did you mean 'output'?"
    assert hint("zzz", WORDS, "one of ") == "one of output, onError, condition, timeout"
    assert hint("zzz", WORDS) == ""
