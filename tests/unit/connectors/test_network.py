import pytest

from airdock.connectors.network import PUBLIC, AllowedNetwork

PRIVATE = [
    "127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "255.255.255.255", "224.0.0.1", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2001:db8::1",
]  # fmt: skip
OPEN = ["93.184.216.34", "8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_public_is_closed(address: str) -> None:
    assert not PUBLIC.allows(address)


@pytest.mark.parametrize("address", OPEN)
def test_what_is_public_is_open(address: str) -> None:
    assert PUBLIC.allows(address)


@pytest.mark.parametrize("text", ["", "localhost", "example.com", "127.1", "0x7f000001", "2130706433", "1.2.3.4.5"])
def test_what_is_no_address_is_closed(text: str) -> None:
    assert not AllowedNetwork(["0.0.0.0/0", "::/0"]).allows(text)


def test_an_installation_allows_private_networks() -> None:
    network = AllowedNetwork(["127.0.0.0/8", " 10.1.0.0/16", "::1"])
    allowed = ["127.0.0.1", "10.1.2.3", "::1", "::ffff:127.0.0.1", "8.8.8.8"]
    assert [address for address in (*allowed, "10.2.0.1", "192.168.1.1", "::2") if network.allows(address)] == allowed


def test_what_is_no_network_is_refused() -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0\.0/99"):
        AllowedNetwork(["10.0.0.0/99"])
