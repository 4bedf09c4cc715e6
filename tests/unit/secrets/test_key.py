from hypothesis import given, settings
from hypothesis import strategies as st

from airdock.secrets.key import SHORTEST, Encrypted, Key, new_key_text

KEY = Key("k" * 32)
NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_.-]{0,20}", fullmatch=True)


@given(NAMES, st.text(st.characters(exclude_categories=["Cs"])))
def test_value_comes_back(name: str, value: str) -> None:
    assert KEY.decrypt(name, KEY.encrypt(name, value)) == value


def test_value_is_never_encrypted_the_same_way_twice() -> None:
    assert KEY.encrypt("a", "value").ciphertext != KEY.encrypt("a", "value").ciphertext


def test_value_cannot_become_that_of_another_name() -> None:
    assert KEY.decrypt("b", KEY.encrypt("a", "value")) is None


@given(st.binary(max_size=40), st.binary(max_size=40))
@settings(max_examples=50)
def test_what_was_altered_is_no_value(nonce: bytes, ciphertext: bytes) -> None:
    assert KEY.decrypt("a", Encrypted(KEY.id, nonce, ciphertext)) is None


def test_same_text_is_the_same_key_everywhere() -> None:
    assert Key("k" * 32).decrypt("a", KEY.encrypt("a", "value")) == "value"
    assert Key("k" * 32).id == KEY.id != Key("l" * 32).id


def test_key_does_not_show_itself() -> None:
    assert repr(Key("visible" * 5)) == f"Key({Key('visible' * 5).id})"


def test_new_keys_differ_and_are_long_enough() -> None:
    first, second = new_key_text(), new_key_text()
    assert first != second
    assert len(first) >= SHORTEST
