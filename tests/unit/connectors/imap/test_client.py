"""Connections to a real server: encryption, credentials, a server that goes and comes again."""

import asyncio
import base64
import gc
import warnings
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from airdock.connectors.http.oauth import OAuth2Auth
from airdock.connectors.imap.client import ImapClient
from airdock.errors import FlowError
from airdock.spec.connection import Secret
from airdock.stores.memory import MemoryStore
from tests.unit.connectors.imap.mailboxes import connected, declared, mail, next_of, posted, receiver
from tests.unit.connectors.imap.post import Post
from tests.unit.connectors.imap.scripted import scripted
from tests.unit.connectors.opening import PUBLIC, opening
from tests.unit.connectors.smtp.certificates import client_trust, server_context

FILES = {"p/ca.pem": client_trust()}


async def failure(client: ImapClient) -> FlowError:
    """What a look at the server fails with."""
    with pytest.raises(FlowError) as caught:
        await client.check()
    await client.close()
    return caught.value


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_encrypted(security: str) -> None:
    async with posted(tls=server_context(), implicit=security == "tls") as post:
        client = await connected(post.port, FILES, security=security, ca="p/ca.pem")
        await client.check()
        await post.deliver(mail("a") + b"x" * 300_000)
        async with client.listen(receiver(), 5) as arrivals:
            arrival = await next_of(arrivals)
            assert len(arrival.body["text"]) > 300_000
            await arrival.accept()
        await client.close()


async def test_a_certificate_of_nobody_knows_whom() -> None:
    async with posted(tls=server_context(), implicit=True) as post:
        error = await failure(await connected(post.port, security="tls"))
        assert error.code == "connector.unavailable"
        assert "certificate" in error.message


async def test_nothing_is_said_in_the_clear_where_encryption_is_wanted(post: Post) -> None:
    error = await failure(await connected(post.port, security="starttls"))
    assert (error.code, "offers no encryption" in error.message) == ("connector.refused", True)


async def test_what_was_said_in_the_clear_does_not_count_behind_the_encryption() -> None:
    """Somebody on the way answers in place of the server, in the same packet."""
    async with scripted(("STARTTLS", "S1 OK go\n* PREAUTH in\nA1 OK in"), hello="* OK hello") as script:
        error = await failure(await connected(script.port, FILES, security="starttls", ca="p/ca.pem", timeout=0.5))
        assert error.code == "connector.unavailable"


async def test_a_password_that_is_wrong(post: Post) -> None:
    client = await declared(post.port).connect(opening({"pw": "wr0ng"}))
    error = await failure(client)  # type: ignore[arg-type]
    assert error.code == "connector.refused"
    assert "wr0ng" not in str(error)


@pytest.mark.parametrize(
    ("hello", "dialogue", "code", "words"),
    [
        ("* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] hi", [], "connector.refused", "lets nobody sign in"),
        ("* BYE full", [], "connector.unavailable", "takes no caller: full"),
        ("HTTP/1.1 400 Bad Request", [], "connector.unavailable", "takes no caller"),
        ("HANG UP", [], "connector.unavailable", "it hung up"),
        ("", [], "connector.unavailable", "did not answer within"),
        (
            "* OK [CAPABILITY IMAP4rev1] hi",
            [("LOGIN", "{tag} NO [UNAVAILABLE] later")],
            "connector.unavailable",
            "later",
        ),
        (
            "* OK [CAPABILITY IMAP4rev1] hi",
            [("LOGIN", "{tag} NO [AUTHENTICATIONFAILED] open-sesame is wrong")],
            "connector.refused",
            r"\*\*\* is wrong",
        ),
    ],
)
async def test_servers_that_let_nobody_in(hello: str, dialogue: Any, code: str, words: str) -> None:
    async with scripted(*dialogue, hello=hello) as script:
        client = await connected(script.port, timeout=0.5)
        with pytest.raises(FlowError, match=words) as caught:
            await client.check()
        assert caught.value.code == code
        await client.close()


async def test_login_with_a_name_of_any_letters() -> None:
    dialogue = [("LOGIN", "{tag} OK [CAPABILITY IMAP4rev1] in")]
    async with scripted(*dialogue, hello="* OK hi") as script:
        client = await connected(script.port, user='a "b"')
        await client.check()
        await client.close()
        assert script.heard == ["CAPABILITY", 'LOGIN "a \\"b\\"" "open-sesame"', "NOOP", "LOGOUT"]


async def test_a_private_address_is_for_the_installation_to_allow(post: Post) -> None:
    client = await declared(post.port).connect(opening({"pw": "x"})._replace(network=PUBLIC))
    assert (await failure(client)).code == "connector.network"  # type: ignore[arg-type]


async def test_a_server_that_is_not_there(post: Post) -> None:
    await post.stop()
    assert (await failure(await connected(post.port))).code == "connector.unavailable"
    with pytest.raises(FlowError, match="there is no secret"):
        await declared(1).connect(opening())


async def test_a_server_that_goes_and_comes_again(post: Post) -> None:
    client, knows = await connected(post.port), receiver(MemoryStore())
    await post.deliver(mail("a"))
    await post.deliver(mail("b"))
    async with client.listen(knows, 5) as arrivals:
        first, second = await next_of(arrivals), await next_of(arrivals)
        await first.accept()
        await post.stop()
        with pytest.raises(FlowError) as caught:
            await next_of(arrivals)
        assert caught.value.code == "connector.unavailable"
        # It was worked off, and the server is to learn it.
        with pytest.raises(FlowError):
            await second.accept()
    with pytest.raises(FlowError):
        async with client.listen(knows, 5):
            pass
    await post.serve()
    await post.deliver(mail("c"))
    async with client.listen(knows, 5) as arrivals:
        third = await next_of(arrivals)
        assert third.id == "<c@x.com>"
        assert list((await post.flags()).values()) == [{"seen"}, {"seen"}, set()]
        await third.accept()
    await client.close()


async def test_a_server_without_idle_is_asked() -> None:
    async with posted(disable_idle=True) as post:
        client = await connected(post.port)
        async with client.listen(receiver(poll=0.05), 5) as arrivals:
            await asyncio.sleep(0.1)
            await post.deliver(mail("a"))
            await (await next_of(arrivals)).accept()
        await client.close()


async def test_a_mail_that_somebody_marks_as_unread_comes(post: Post) -> None:
    id = await post.deliver(mail("a"))
    await post.mark(id, "Seen")
    client = await connected(post.port)
    async with client.listen(receiver(), 5) as arrivals:
        waiting = asyncio.ensure_future(next_of(arrivals))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        await post.mark(id)
        await (await waiting).accept()
    await client.close()


# Tokens.


@pytest.fixture
async def tokens() -> AsyncIterator[tuple[int, list[bytes]]]:
    """An authorization server: its port, and what it was asked."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        asked.append(await reader.readexactly(length))
        body = b'{"access_token": "token%d", "expires_in": 3600}' % len(asked)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(body), body))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1], asked
    server.close()


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    """Servers that end within a handshake leave their transports to the collector."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def by_token(port: int) -> OAuth2Auth:
    return OAuth2Auth(
        token_url=f"http://127.0.0.1:{port}/token",
        client_id="airdock",
        refresh_token=Secret(secret="refresh"),
        parameters={},
        client="body",
    )


def said(proof: str) -> str:
    return base64.b64decode(proof).decode()


@pytest.mark.parametrize(
    ("mechanism", "proof"),
    [
        ("XOAUTH2", "user=a=b,c@x.com\x01auth=Bearer token1\x01\x01"),
        ("OAUTHBEARER", "n,a=a=3Db=2Cc@x.com,\x01auth=Bearer token1\x01\x01"),
    ],
)
async def test_a_token_signs_in(tokens: tuple[int, list[bytes]], mechanism: str, proof: str) -> None:
    hello = f"* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH={mechanism}] hi"
    async with scripted(("AUTHENTICATE", "{tag} OK [CAPABILITY IMAP4rev1] in"), hello=hello) as script:
        declares = declared(script.port, user="a=b,c@x.com", password=None, oauth2=by_token(tokens[0]))
        client = await declares.connect(opening({"refresh": "r1"}))
        await client.check()
        await client.check()
        await client.close()
        assert len(tokens[1]) == 1
        assert b"grant_type=refresh_token&refresh_token=r1" in tokens[1][0]
        command, name, sent = script.heard[0].split(" ")
        assert (command, name, said(sent)) == ("AUTHENTICATE", mechanism, proof)


@pytest.mark.parametrize("at_once", [True, False])
async def test_a_token_that_is_refused_is_renewed_once(tokens: tuple[int, list[bytes]], at_once: bool) -> None:
    hello = f"* OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2{' SASL-IR' if at_once else ''}] hi"
    why, refusal = "+ eyJzdGF0dXMiOiI0MDAifQ==", "{tag} NO [AUTHENTICATIONFAILED] Invalid credentials"
    begun = why if at_once else "+"
    dialogue = [("AUTHENTICATE", begun), ("dXNlcj", why), ("", refusal)]
    declares = declared(0, password=None, oauth2=by_token(tokens[0]))
    async with scripted(*dialogue, hello=hello) as script:
        declares.port = script.port
        client = await declares.connect(opening({"refresh": "r"}))
        error = await failure(client)  # type: ignore[arg-type]
        assert error.code == "connector.refused"
        assert "token" not in str(error)
        proofs = [each.split(" ")[-1] for each in script.heard if "dXNlcj" in each]
        assert [said(each).split("\x01")[1] for each in proofs] == ["auth=Bearer token1", "auth=Bearer token2"]
    accepted = "{tag} OK [CAPABILITY IMAP4rev1] in"
    accepts = [("AUTHENTICATE", accepted)] if at_once else [("AUTHENTICATE", "+"), ("dXNlcj", accepted)]
    async with scripted(*accepts, hello=hello) as script:
        declares.port = script.port
        client = await declares.connect(opening({"refresh": "r"}))
        await client.check()
        await client.close()
