"""What becomes of a directory that is away, slow, foreign, or that grows."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from airdock.connectors.ldap.client import LdapClient
from airdock.connectors.ldap.directory import Search
from airdock.connectors.ldap.filters import Filter
from airdock.connectors.network import AllowedNetwork
from airdock.errors import FlowError
from tests.unit.connectors.ldap.server import ADMIN, BASE, PASSWORD, DirectoryServer
from tests.unit.connectors.ldap.test_contract import ANN, code_of, connection, filled, names
from tests.unit.connectors.opening import opening
from tests.unit.connectors.smtp.certificates import client_trust, server_context

EVERY = Filter("(objectClass=*)").node


@asynccontextmanager
async def opened(server: DirectoryServer, password: str = PASSWORD, **fields: Any) -> AsyncIterator[LdapClient]:
    files = {"p/ca.pem": client_trust()}
    client = await connection(server, **fields).connect(opening({"admin": password}, files))
    assert isinstance(client, LdapClient)
    try:
        yield client
    finally:
        await client.close()


@pytest.fixture
async def server() -> AsyncIterator[DirectoryServer]:
    async with DirectoryServer().serving() as server:
        yield server


async def test_a_search_goes_page_by_page(server: DirectoryServer) -> None:
    for number in range(1200):
        server.root.addChild(f"cn=n{number}", {"objectClass": ["device"], "cn": [f"n{number}"]})
    async with opened(server) as client:
        found = await client.search(Search(BASE, "children", Filter("(objectClass=device)").node, ("cn",), 5000))
        assert len({each.dn for each in found}) == 1200
        assert server.pages == [500, 500, 500]
        with pytest.raises(FlowError, match="more than 700 entries"):
            await client.search(Search(BASE, "children", EVERY, ("cn",), 700))
        assert len(server.pages) == 5


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_the_way_is_encrypted(security: str) -> None:
    server = DirectoryServer(server_context())
    async with server.serving(encrypted=security == "tls"), opened(server, security=security, ca="p/ca.pem") as client:
        await filled(client)
        assert await names(client, "(uid=ann)") == [ANN]
        assert await client.bind(ANN, "s3cret") is True
        (held,) = [each.session._connection.socket for each in client._kept]
        assert isinstance(held, ssl.SSLSocket)


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_a_certificate_that_is_not_trusted_is_refused(security: str) -> None:
    server = DirectoryServer(server_context())
    async with server.serving(encrypted=security == "tls"), opened(server, security=security) as client:
        with pytest.raises(FlowError, match=r"(?i)certificate") as raised:
            await client.check()
        assert raised.value.code == "connector.unavailable"
        assert "LDAPBindRequest" not in server.requests


async def test_nothing_is_said_to_a_server_that_does_not_encrypt(server: DirectoryServer) -> None:
    async with opened(server, security="starttls", ca="p/ca.pem") as client:
        assert await code_of(client.check()) == "connector.unavailable"
        assert set(server.requests) <= {"LDAPExtendedRequest", "LDAPUnbindRequest"}


async def test_a_password_that_is_not_taken_is_never_told(server: DirectoryServer) -> None:
    async with opened(server, password="wrong-one") as client:
        with pytest.raises(FlowError) as raised:
            await client.check()
        assert raised.value.code == "connector.refused"
        assert "wrong-one" not in str(raised.value)


async def test_only_where_the_installation_lets_it_go(server: DirectoryServer) -> None:
    closed = opening({"admin": PASSWORD}, network=AllowedNetwork())
    client: Any = await connection(server).connect(closed)
    assert await code_of(client.check()) == "connector.network"
    assert server.requests == []
    await client.close()


async def test_a_server_that_is_away_and_comes_back() -> None:
    server = DirectoryServer()
    async with server.serving():
        pass
    async with opened(server) as client:
        assert await code_of(client.check()) == "connector.unavailable"
        async with server.serving():
            await client.check()
            await server.cut()
            # What was cut while nobody used it is noticed before it is used.
            await client.check()


async def test_a_server_that_does_not_answer(server: DirectoryServer) -> None:
    async with opened(server, timeout=0.3, connections=1) as client:
        await client.check()
        server.silent = True
        assert await code_of(client.check()) == "connector.timeout"
        assert await code_of(client.check()) == "connector.timeout"
        server.silent = False
        await client.check()


async def test_who_waits_no_more_leaves_no_thread_behind(server: DirectoryServer) -> None:
    async with opened(server, connections=1) as client:
        await client.check()
        server.silent = True
        asked = len(server.requests)
        waiting = asyncio.create_task(client.check())
        async with asyncio.timeout(20):
            while len(server.requests) == asked:  # noqa: ASYNC110 -- the server's list
                await asyncio.sleep(0.01)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            server.silent = False
            # There is one thread: it would be waiting for the answer still.
            await client.check()


async def test_sessions_are_shared_and_bounded(server: DirectoryServer) -> None:
    async with opened(server, connections=3) as client:
        await filled(client)
        await asyncio.gather(*(names(client, "(uid=ann)") for _ in range(20)))
        assert len(server.connections) <= 3
        assert server.requests.count("LDAPBindRequest") <= 3


def test_what_a_connection_may_say() -> None:
    given = {"host": "ldap.example.com", "base": BASE}
    for fields, told in (
        ({"user": ADMIN}, "belong together"),
        ({"base": ""}, "is the name of an entry"),
        ({"base": "nonsense"}, "is no name of an entry"),
        ({"security": "none", "ca": "p/ca.pem"}, "`ca` is of encryption"),
    ):
        element = connection_of(**{**given, **fields})
        assert told in str(type(element).check(element))


def connection_of(**fields: Any) -> Any:
    from airdock.connectors.ldap.connection import LdapConnection

    return LdapConnection(**fields)
