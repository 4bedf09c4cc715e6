"""Addresses of servers."""

import pytest

from airdock.client import InsecureServerError
from airdock.client.address import is_loopback, refuse_cleartext, server_address


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("http://127.0.0.1:8081", "http://127.0.0.1:8081"),
        ("localhost:8081/", "http://localhost:8081"),
        (" HTTPS://Airdock.Example.com/Integration/ ", "https://airdock.example.com/Integration"),
        ("http://[::1]:8081", "http://[::1]:8081"),
    ],
)
def test_an_address_has_one_spelling(written: str, address: str) -> None:
    assert server_address(written) == address


@pytest.mark.parametrize(
    "written",
    ["", "ftp://host", "http://", "http://host:port", "http://u:secret@host", "http://host/?a=b", "http://host/#a"],
)
def test_what_is_no_address_is_refused_and_a_password_not_repeated(written: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        server_address(written)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("host", ["localhost", "airdock.localhost", "127.0.0.1", "127.8.9.1", "[::1]"])
def test_this_machine(host: str) -> None:
    assert is_loopback(f"http://{host}:1")
    refuse_cleartext(f"http://{host}:1")


@pytest.mark.parametrize(
    "host", ["example.com", "127.0.0.1.example.com", "10.0.0.1", "localhost.example.com", "0.0.0.0"]
)
def test_other_machines_get_secrets_by_https_only(host: str) -> None:
    assert not is_loopback(f"http://{host}")
    refuse_cleartext(f"https://{host}")
    with pytest.raises(InsecureServerError, match="https"):
        refuse_cleartext(f"http://{host}")
