import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.connectors.ldap.names import inside, name_of, parse_name
from airdock.errors import FlowError

BASE = parse_name("ou=people,dc=example,dc=com")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("UID=Ann,DC=Example", "uid=ann, dc=example"),
        (r"cn=a\,b,dc=x", r"cn=a\2cb,dc=x"),
        ("cn=a+l=b,dc=x", "l=b+cn=a,dc=x"),
        (r"cn=\c3\bc,dc=x", "cn=ü,dc=x"),
    ],
)
def test_names_that_are_the_same(one: str, other: str) -> None:
    assert parse_name(one) == parse_name(other)


@pytest.mark.parametrize(
    "text", ["x", "uid=a,", ",uid=a", "uid", "=a", "uid=a,,dc=b", 'cn="a",dc=b', "a=b;c=d", "a=b+", "a=\0"]
)
def test_what_is_no_name(text: str) -> None:
    with pytest.raises(FlowError) as raised:
        parse_name(text)
    assert raised.value.code == "connector.ldap.name"


@given(st.text(min_size=1).filter(lambda text: text.strip() and not re.search("[\ud800-\udfff]", text)))
def test_a_value_stays_one_value(value: str) -> None:
    name = name_of("uid=:user,ou=people,dc=example,dc=com")({"user": value})
    parsed = parse_name(inside(name, BASE, "c"))
    assert parsed[1:] == BASE
    assert len(parsed[0]) == 1


@pytest.mark.parametrize("text", ["dc=example,dc=com", "uid=a,ou=others,dc=example,dc=com", "uid=a", ""])
def test_what_lies_elsewhere(text: str) -> None:
    with pytest.raises(FlowError, match="beneath the `base` of c"):
        inside(name_of(":dn")({"dn": text}) if text else text, BASE, "c")


def test_the_base_itself_and_whole_names() -> None:
    assert inside("ou=People,dc=example,dc=com", BASE, "c")
    assert name_of(":dn")({"dn": "uid=a,dc=b"}) == "uid=a,dc=b"
