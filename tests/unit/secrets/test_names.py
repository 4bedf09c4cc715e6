import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.secrets.errors import SecretsError
from airdock.secrets.names import check_name, is_name, variable_of


@pytest.mark.parametrize("name", ["a", "A1", "shop.token", "shop-token_2", "x" * 100, "keys", "secret.key"])
def test_name_is_accepted(name: str) -> None:
    check_name(name)


@pytest.mark.parametrize("name", ["", "1a", ".a", "a b", "a/b", "ä", "a\n", "x" * 101, "key", "KEY", "a\x00"])
def test_name_is_refused(name: str) -> None:
    with pytest.raises(SecretsError) as caught:
        check_name(name)
    assert caught.value.code == "secrets.name"
    assert not is_name(name)


@given(st.text(max_size=120))
def test_any_text_is_a_name_or_refused(text: str) -> None:
    if is_name(text):
        check_name(text)
        assert variable_of(text).isidentifier()


def test_variable_is_the_name_in_capitals() -> None:
    assert variable_of("shop.api-token") == "AIRDOCK_SECRET_SHOP_API_TOKEN"
