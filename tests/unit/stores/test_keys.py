from hypothesis import given
from hypothesis import strategies as st

from airdock.stores.keys import LONGEST, bytes_of, is_hashed, stored, text_of

TEXTS = st.text(st.characters(), max_size=400)


@given(TEXTS)
def test_a_short_key_stands_for_itself_and_a_long_one_is_of_bounded_length(key: str) -> None:
    made = stored(key)
    assert len(made) <= LONGEST
    assert is_hashed(made) == (len(bytes_of(key)) > LONGEST)
    if not is_hashed(made):
        assert text_of(made) == key


@given(TEXTS, TEXTS)
def test_no_two_keys_are_stored_alike(one: str, other: str) -> None:
    assert (stored(one) == stored(other)) == (one == other)


def test_texts_that_are_no_unicode_come_back() -> None:
    for text in ("", "\x00", "\ud800", "\udfff\ud800", "é😀"):
        assert text_of(bytes_of(text)) == text
        assert text_of(stored(text)) == text
