"""Which names are names of this machine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.server.management.hosts import Names, is_local, is_local_origin


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:8081",
        "127.0.0.1",
        "127.0.0.1:8081",
        "127.1.2.3",
        "[::1]",
        "[::1]:8081",
        "console.localhost:1",
    ],
)
def test_names_of_this_machine(host: str) -> None:
    assert is_local(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "example.com",
        "localhost.example.com",
        "127.0.0.1.nip.io",
        "me@localhost@example.com",
        "example.com#localhost",
        "localhost:port",
        "[::1",
        "x/localhost",
        "0.0.0.0",
        "2130706433",
        "192.168.1.1:8081",
    ],
)
def test_names_of_other_machines(host: str) -> None:
    assert not is_local(host)


def test_origins() -> None:
    assert is_local_origin("http://localhost:8081")
    assert not is_local_origin("https://example.com")
    assert not is_local_origin("null")
    assert not is_local_origin("file://localhost")


@given(st.text())
def test_any_text_is_answered(host: str) -> None:
    assert is_local(host) in (True, False)
    assert is_local_origin(host) in (True, False)


def test_the_host_of_the_public_address_is_a_name_of_this_server() -> None:
    names = Names("https://airdock.example.com")
    assert names.takes_host("AIRDOCK.example.com")
    assert names.takes_host("localhost:8081")
    assert not names.takes_host("airdock.example.com:8081")
    assert not names.takes_host("")
    assert names.takes_origin("https://airdock.example.com", "airdock.example.com")
    assert not names.takes_origin("https://example.com", "airdock.example.com")


def test_on_a_network_every_name_is_taken_and_only_its_own_pages() -> None:
    names = Names(any_host=True)
    assert names.takes_host("10.0.0.7:8081")
    assert names.takes_origin("http://10.0.0.7:8081", "10.0.0.7:8081")
    assert not names.takes_origin("http://10.0.0.7:9000", "10.0.0.7:8081")
    assert not names.takes_origin("null", "10.0.0.7:8081")


def test_without_a_public_address_only_local_names() -> None:
    assert not Names().takes_host("airdock.example.com")
    assert not Names().takes_host("")
    assert not Names().takes_origin("://", "")
