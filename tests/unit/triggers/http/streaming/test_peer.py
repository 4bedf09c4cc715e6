"""The connection of a caller, found among the open files of the process."""

import socket
import sys
from collections.abc import Iterator

import pytest

from airdock.triggers.http.streaming.peer import peer_of

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells it")


@pytest.fixture(params=["127.0.0.1", "::1"])
def pair(request: pytest.FixtureRequest) -> Iterator[tuple[socket.socket, socket.socket]]:
    """A client, and the server's side of its connection."""
    family = socket.AF_INET6 if ":" in request.param else socket.AF_INET
    with socket.socket(family) as server:
        server.bind((request.param, 0))
        server.listen()
        with socket.create_connection(server.getsockname()[:2]) as client:
            accepted, _ = server.accept()
            with accepted:
                yield client, accepted


def name_of(client: socket.socket) -> str:
    host, port = client.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def test_what_was_not_taken_is_seen(pair: tuple[socket.socket, socket.socket]) -> None:
    client, accepted = pair
    peer = peer_of(name_of(client))
    assert peer.unsent() == 0
    accepted.setblocking(False)
    sent = 0
    try:
        while True:
            sent += accepted.send(bytes(65536))
    except BlockingIOError:
        pass
    waiting = peer.unsent()
    assert waiting
    assert waiting <= sent
    client.settimeout(5)
    while sent:
        sent -= len(client.recv(1 << 20))
    assert not peer.unsent()


def test_the_system_looks_whether_the_other_side_is_there(pair: tuple[socket.socket, socket.socket]) -> None:
    client, accepted = pair
    peer_of(name_of(client)).keep_alive()
    assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1


def test_of_a_connection_that_is_gone_nothing_is_known(pair: tuple[socket.socket, socket.socket]) -> None:
    client, accepted = pair
    peer = peer_of(name_of(client))
    accepted.close()
    assert peer.unsent() is None
    peer.keep_alive()


@pytest.mark.parametrize("client", ["", "unix", "203.0.113.1:5"])
def test_who_is_not_there_is_not_found(client: str) -> None:
    peer = peer_of(client)
    assert peer.unsent() is None
    peer.keep_alive()
