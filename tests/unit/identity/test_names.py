import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.identity import IdentityError, check_name, is_name
from airdock.identity.names import LONGEST_NAME, check_project, check_roles, numbered, safe_name

NAMES = st.from_regex(re.compile(r"[a-z0-9._@-]{1,70}", re.ASCII), fullmatch=True)


@pytest.mark.parametrize("name", ["ann", "a", "7", "ann.lee", "ann-lee_2", "ann@example.com", "a" * 64])
def test_name_is_accepted(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        *("", "Ann", "ann ", " ann", ".ann", "ann.", "..", "a..b", "a/b", "a\\b", "ann\n", "ann\x00", "änn", "a" * 65),
        *("-ann", "ann@", "a%2fb", "a+b", "a?b", "local", "\u0430nn", "\ud800"),
    ],
)
def test_name_that_is_unsafe_in_a_path_is_refused(name: str) -> None:
    with pytest.raises(IdentityError) as caught:
        check_name(name)
    assert caught.value.code == "identity.name"
    assert caught.value.status == 400
    assert caught.value.message.isprintable()


@given(st.text(max_size=100) | NAMES)
def test_every_name_is_one_part_of_a_path_and_one_of_its_kind(text: str) -> None:
    if is_name(text):
        assert text == text.lower().strip()
        assert not set(text) & set("/\\%?#: \x00")
        assert text not in (".", "..", "local")


@given(st.text(max_size=200), st.integers(2, 10_000))
def test_a_name_can_be_made_of_any_text(text: str, number: int) -> None:
    name = safe_name(text)
    assert is_name(name)
    assert is_name(numbered(name, number))
    assert len(numbered(name, number)) <= LONGEST_NAME


@given(NAMES.filter(is_name))
def test_a_name_that_is_one_is_kept(name: str) -> None:
    assert safe_name(name) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Zoë Müller", "zoe-muller"),
        ("ann@Example.com", "ann@example.com"),
        ("../../etc", "etc"),
        ("李", "user"),
        ("local", "user"),
        ("a+b@c.de", "a-b@c.de"),
    ],
)
def test_names_from_elsewhere_are_made_safe(text: str, name: str) -> None:
    assert safe_name(text) == name


@pytest.mark.parametrize("role", ["", " User", "User ", "a\nb", "x" * 201])
def test_role_that_cannot_be_told_apart_is_refused(role: str) -> None:
    with pytest.raises(IdentityError) as caught:
        check_roles(["viewer", role])
    assert caught.value.code == "identity.role"


def test_role_of_any_text_is_taken_as_it_is() -> None:
    assert check_roles(["User", "cn=Team A,ou=x", "Žába"]) == {"User", "cn=Team A,ou=x", "Žába"}
    with pytest.raises(IdentityError, match="more than"):
        check_roles(str(number) for number in range(201))


def test_project_name_has_no_slash() -> None:
    assert check_project("Shop 1") == "Shop 1"
    with pytest.raises(IdentityError):
        check_project("a/b")
