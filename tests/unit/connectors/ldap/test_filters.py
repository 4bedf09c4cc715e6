import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.connectors.ldap.filters import Any_, Filter, FilterError, Group, Item, Parameter, write
from airdock.errors import FlowError

TEXTS = st.text(min_size=1).filter(lambda text: text.strip() and not re.search("[\ud800-\udfff]", text))


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("(uid=:user)", Item("uid", "", "=", (Parameter("user"),))),
        ("uid=ann", Item("uid", "", "=", (b"ann",))),
        ("(mail=a:b)", Item("mail", "", "=", (b"a:b",))),
        (r"(cn=\2a\c3\bc)", Item("cn", "", "=", ("*ü".encode(),))),
        ("(cn=*)", Item("cn", "", "=", (Any_(),))),
        ("(cn=a*:b*)", Item("cn", "", "=", (b"a", Any_(), Parameter("b"), Any_()))),
        ("(cn:dn:2.4.6:=:x)", Item("cn", ":dn:2.4.6", ":=", (Parameter("x"),))),
        ("(:caseExactMatch:=x)", Item("", ":caseExactMatch", ":=", (b"x",))),
        ("(!(a>=1))", Group("!", (Item("a", "", ">=", (b"1",)),))),
        (
            "(| (a<=1)\n (b~=2) )",
            Group("|", (Item("a", "", "<=", (b"1",)), Item("b", "", "~=", (b"2",)))),
        ),
    ],
)
def test_filters_are_read(text: str, node: object) -> None:
    assert Filter(text).node == node


@pytest.mark.parametrize(
    "text",
    ["", "(", "()", "(a)", "(a=)", "(=b)", "(a=b", "(a=b))", "((a=b))", "(&)", "(!)", "(!(a=b)(c=d))", "(a=b)(c=d)",
     r"(a=\zz)", "(a=b(c)", "(a b=c)", "(a:=)", "(:=x)", "(cn:x=y)", "(a>=b*)", "(!" * 60 + "(a=b)" + ")" * 60],
)  # fmt: skip
def test_what_is_no_filter(text: str) -> None:
    with pytest.raises(FilterError):
        Filter(text)


@given(TEXTS, TEXTS)
def test_a_value_is_read_back_as_what_it_is(first: str, second: str) -> None:
    filter = Filter("(&(uid=:first)(cn=x*:second))")
    assert filter.names == {"first", "second"}
    bound = filter.bound({"first": first, "second": second})
    written = write(bound)
    assert Filter(written).node == bound
    assert written.isascii()
    assert re.fullmatch(r"\(&\(uid=[^()*]+\)\(cn=x\*[^()*]+\)\)", written)


@given(st.binary(min_size=1))
def test_bytes_are_values(value: bytes) -> None:
    assert Filter(write(Filter("(photo=:p)").bound({"p": value}))).node == Item("photo", "", "=", (value,))


@pytest.mark.parametrize("value", [None, "", "  ", [], ["a"], {}, {"$ne": 1}, b"", "\ud800"])
def test_what_is_no_value(value: object) -> None:
    with pytest.raises(FlowError) as raised:
        Filter("(uid=*:user*)").bound({"user": value})
    assert raised.value.code == "connector.ldap.value"


def test_numbers_and_booleans() -> None:
    assert write(Filter("(&(a=:a)(b=:b))").bound({"a": 7, "b": True})) == "(&(a=7)(b=TRUE))"
