from email import message_from_string, policy
from typing import Any

import pytest

from airdock.connectors.smtp.addresses import Address, address, addresses, allowed, one_line
from airdock.errors import FlowError


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("ann@example.com", Address("", "ann@example.com")),
        (" Ann Lee <ann@example.com> ", Address("Ann Lee", "ann@example.com")),
        ('"Lee, Ann" <ann@example.com>', Address("Lee, Ann", "ann@example.com")),
        ("<a.b+c@example.com>", Address("", "a.b+c@example.com")),
        ("ann@bücher.example", Address("", "ann@xn--bcher-kva.example")),
        ("root@localhost", Address("", "root@localhost")),
    ],
)
def test_addresses_as_they_are_written(written: str, expected: Address) -> None:
    assert address(written) == expected


@pytest.mark.parametrize(
    "written",
    [
        "", "ann", "@example.com", "ann@", "ann@-x.com", "ann@x..com", ".ann@x.com", "a..b@x.com", "a b@x.com",
        "a@x.com, b@x.com", "a@x.com;b@x.com", "A <a@x.com>, B <b@x.com>", "a@x.com\r\nBcc: b@x.com",
        "A\n<a@x.com>", "a@x.com\0", "a@[127.0.0.1]", "ann@" + "x" * 64 + ".com", "x" * 65 + "@x.com", "ü@x.com",
        "A <a@x.com> <b@x.com>", "<a@x.com", "a@x.com>", '"a b"@x.com', "a@b@x.com ", None, 1, {}, [],
    ],
)  # fmt: skip
def test_what_is_no_address(written: Any) -> None:
    with pytest.raises(FlowError) as caught:
        address(written)
    assert caught.value.code == "connector.mail.address"


def test_a_field_holds_one_or_a_list() -> None:
    assert addresses(None) == addresses("") == addresses([]) == []
    assert [each.address for each in addresses("a@x.com")] == ["a@x.com"]
    assert [each.address for each in addresses(["a@x.com", "B <b@x.com>"])] == ["a@x.com", "b@x.com"]
    with pytest.raises(FlowError, match="several are written as a list"):
        addresses("a@x.com, b@x.com")


@pytest.mark.parametrize(
    "name", ["Ann", "Lee, Ann", 'Ann "A" Lee', "Jürgen, <b@x.com>", "a\\b", "a@b.c", "(x)", "ü" * 60]
)
def test_a_name_comes_back_from_its_header(name: str) -> None:
    message = message_from_string(f"To: {Address(name, 'a@x.com').header}\n\n", policy=policy.default)
    (found,) = message["to"].addresses
    assert (found.display_name, found.addr_spec) == (name, "a@x.com")


def test_domains_that_are_allowed() -> None:
    found = address("ann@Mail.Example.com")
    assert allowed(found, [])
    assert allowed(found, ["*.example.com"])
    assert allowed(found, ["other.com", "MAIL.example.com"])
    assert not allowed(found, ["example.com"])
    assert not allowed(found, ["*.example.co"])


def test_control_characters_are_blanks() -> None:
    assert one_line("a\r\nBcc: b\x00c\x85d\u2028") == "a Bcc: b c d"
