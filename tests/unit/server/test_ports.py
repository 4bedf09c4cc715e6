"""Whether a port is free."""

import socket

import pytest

from airdock.server.ports import PortError, claim_port, url_of


def test_a_port_that_another_program_listens_on_is_refused_with_the_way_out() -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortError, match=f"port {port} is in use by another program: choose another with --port"):
            claim_port("127.0.0.1", port, "--port")


def test_zero_finds_a_free_port() -> None:
    port = claim_port("127.0.0.1", 0, "--port")
    assert 0 < port < 65536
    assert claim_port("127.0.0.1", port, "--port") == port


def test_a_host_of_another_machine_is_refused() -> None:
    with pytest.raises(PortError, match=r"192\.0\.2\.7 is not an address of this machine"):
        claim_port("192.0.2.7", 0, "--port")


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::1", "http://[::1]:80"),
        ("::", "http://[::1]:80"),
    ],
)
def test_addresses_for_people(host: str, url: str) -> None:
    assert url_of(host, 80) == url
