import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from airdock.connectors.smtp.addresses import address
from airdock.connectors.smtp.client import SmtpClient
from airdock.connectors.smtp.connection import Mailer, SmtpConnection
from airdock.connectors.smtp.fake import FakeSmtp
from airdock.connectors.smtp.message import Envelope
from airdock.errors import FlowError
from airdock.spec.connection import Secret
from tests.unit.connectors.opening import opening
from tests.unit.connectors.smtp.certificates import client_trust, server_context
from tests.unit.connectors.smtp.office import PASSWORD, Office


def connection(port: int, **fields: Any) -> SmtpConnection:
    return SmtpConnection(**{"host": "127.0.0.1", "port": port, "security": "none", **fields})


def mail(*to: str, content: bytes = b"Subject: s\r\n\r\nhello\r\n") -> Envelope:
    return Envelope(address("a@x.com"), [address(each) for each in to or ("b@x.com",)], content, "<1@x.com>")


def code(caught: pytest.ExceptionInfo[FlowError]) -> str:
    return caught.value.code


@pytest.fixture(params=["real", "fake"])
async def mailer(request: pytest.FixtureRequest, office: Office) -> AsyncIterator[Mailer]:
    declared = connection(office.port, allow=["x.com"], max_size=2000)
    client: Any = declared.fake() if request.param == "fake" else await declared.connect(opening())
    yield client
    await client.close()


def taken(mailer: Mailer, office: Office) -> list[tuple[str, list[str]]]:
    if isinstance(mailer, FakeSmtp):
        return [(each.sender.address, [to.address for to in each.recipients]) for each in mailer.sent]
    return [(str(each.mail_from), each.rcpt_tos) for each in office.got]


async def test_it_is_there_and_takes_mail(mailer: Mailer, office: Office) -> None:
    await mailer.check()
    assert await mailer.send(mail("b@x.com", "c@x.com")) == {}
    assert taken(mailer, office) == [("a@x.com", ["b@x.com", "c@x.com"])]


async def test_many_at_once(mailer: Mailer, office: Office) -> None:
    await asyncio.gather(*(mailer.send(mail()) for _ in range(20)))
    assert len(taken(mailer, office)) == 20
    assert office.sessions <= 4


async def test_domains_and_sizes_are_bounded(mailer: Mailer, office: Office) -> None:
    with pytest.raises(FlowError, match=r"sends to x\.com, not to y\.com") as caught:
        await mailer.send(mail("b@x.com", "b@y.com"))
    assert code(caught) == "connector.mail.notAllowed"
    with pytest.raises(FlowError, match="at most 2000") as caught:
        await mailer.send(mail(content=b"x" * 2001))
    assert code(caught) == "connector.mail.tooLarge"
    assert taken(mailer, office) == []


async def test_recipients_that_the_server_refuses(office: Office) -> None:
    client = SmtpClient(connection(office.port), opening())
    office.refuses["b@x.com"] = "550 no such user"
    assert await client.send(mail("b@x.com", "c@x.com")) == {"b@x.com": "550 no such user"}
    with pytest.raises(FlowError, match="550 no such user") as caught:
        await client.send(mail())
    assert (code(caught), caught.value.details) == ("connector.mail.rejected", {"status": 550})
    office.refuses["b@x.com"] = "450 come back"
    with pytest.raises(FlowError) as caught:
        await client.send(mail())
    assert code(caught) == "connector.mail.deferred"
    await client.close()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("552 too much", "connector.mail.rejected"),
        ("451 busy", "connector.mail.deferred"),
        ("421 bye", "connector.unavailable"),
    ],
)
async def test_answers_to_a_mail(office: Office, answer: str, expected: str) -> None:
    client = SmtpClient(connection(office.port), opening())
    office.answer = answer
    with pytest.raises(FlowError) as caught:
        await client.send(mail())
    assert code(caught) == expected
    office.answer = "250 good"
    assert await client.send(mail()) == {}
    await client.close()


async def test_a_server_that_ends_sessions_and_comes_again(office: Office) -> None:
    client = SmtpClient(connection(office.port), opening())
    await client.send(mail())
    office.hang_up()
    await client.send(mail())
    await office.stop()
    with pytest.raises(FlowError, match=r"p/c\.connection cannot be reached") as caught:
        await client.send(mail())
    assert code(caught) == "connector.unavailable"
    with pytest.raises(FlowError):
        await client.check()
    await office.start()
    await client.check()
    await client.send(mail())
    assert len(office.got) == 3
    await client.close()


async def test_a_server_that_says_nothing() -> None:
    silent = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    client = SmtpClient(connection(silent.sockets[0].getsockname()[1], timeout=0.1), opening())
    with pytest.raises(FlowError) as caught:
        await client.send(mail())
    assert code(caught) == "connector.unavailable"
    silent.close()


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # the server knows only the encryption that begins later
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the server leaves open what STARTTLS has replaced
@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_encrypted_and_signed_in(security: str) -> None:
    office = Office(server_context(), auth=True, implicit=security == "tls")
    await office.start()
    fields = {"security": security, "user": "shop", "password": Secret(secret="pw"), "ca": "p/ca.pem"}
    declared, files = connection(office.port, **fields), {"p/ca.pem": client_trust()}
    client = SmtpClient(declared, opening({"pw": PASSWORD}, files))
    await client.send(mail())
    await client.close()
    assert len(office.got) == 1
    await office.stop()


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # as above
async def test_a_password_that_is_wrong() -> None:
    office = Office(server_context(), auth=True, implicit=True)
    await office.start()
    fields = {"security": "tls", "user": "shop", "password": Secret(secret="pw"), "ca": "p/ca.pem"}
    files = {"p/ca.pem": client_trust()}
    client = SmtpClient(connection(office.port, **fields), opening({"pw": "wr0ng"}, files))
    with pytest.raises(FlowError) as caught:
        await client.send(mail())
    assert code(caught) == "connector.refused"
    assert "wr0ng" not in str(caught.value)
    await office.stop()


async def test_a_certificate_of_nobody_knows_whom() -> None:
    office = Office(server_context())
    await office.start()
    client = SmtpClient(connection(office.port, security="starttls"), opening())
    with pytest.raises(FlowError, match="certificate") as caught:
        await client.send(mail())
    assert (code(caught), office.got) == ("connector.unavailable", [])
    await office.stop()


async def test_no_encryption_where_it_is_wanted_sends_nothing(office: Office) -> None:
    client = SmtpClient(connection(office.port, security="starttls"), opening())
    with pytest.raises(FlowError, match="STARTTLS"):
        await client.send(mail())
    assert office.got == []


def test_what_it_needs_to_open() -> None:
    with pytest.raises(FlowError, match="holds no certificates"):
        SmtpClient(connection(1, security="tls", ca="p/ca.pem"), opening(files={"p/ca.pem": b"x"}))
    with pytest.raises(FlowError, match="there is no secret 'pw'"):
        SmtpClient(connection(1, user="a", password=Secret(secret="pw")), opening())
