"""What servers say that a real one in tests does not."""

import asyncio

import pytest

from airdock.connectors.imap.dialling import Address
from airdock.connectors.imap.session import Refusal, Session
from airdock.errors import FlowError
from tests.unit.connectors.imap.scripted import Scripted, scripted
from tests.unit.connectors.opening import LOOPBACK


async def dialled(script: Scripted, patience: float = 5.0) -> Session:
    address = Address("p/c.connection", "127.0.0.1", script.port, LOOPBACK, patience, None, False)
    return (await address.dial(1000))[0]


async def test_arguments_are_quoted_or_sent_as_literals() -> None:
    async with scripted(("X", "+ go"), ("ü", "+ go")) as script:
        session = await dialled(script)
        await session.command("Y", b'a "b" \\c', "plain")
        task = asyncio.ensure_future(session.command("X", "é".encode(), b"\r\n"))
        await asyncio.sleep(0.1)
        assert script.heard == ['Y "a \\"b\\" \\\\c" plain', "X {2}", "{2}"]
        task.cancel()
        await session.close()


async def test_a_literal_that_the_server_does_not_want() -> None:
    async with scripted(("X", "{tag} BAD no")) as script:
        session = await dialled(script)
        with pytest.raises(Refusal):
            await session.command("X", b"\xff")
        await session.command("NOOP")
        await session.close()
        assert script.heard == ["X {1}", "NOOP", "LOGOUT"]


async def test_mail_that_comes_while_a_wait_begins_is_not_missed() -> None:
    """A server may tell it before it says that it waits, or in the same packet."""
    for answer in ("* 4 EXISTS\n+ idling", "+ idling\n* 4 EXISTS"):
        async with scripted(("IDLE", answer), ("DONE", "{tag} OK done")) as script:
            session = await dialled(script)
            await asyncio.wait_for(session.idle(60), 5)
            assert session.news.is_set()
            assert script.heard == ["IDLE", "DONE"]
            await session.close()


async def test_a_wait_makes_room_for_commands() -> None:
    async with scripted(("IDLE", "+ idling"), ("DONE", "{tag} OK done")) as script:
        session = await dialled(script)
        waiting = asyncio.ensure_future(session.idle(60))
        await asyncio.sleep(0.05)
        await session.command("NOOP")
        await waiting
        assert script.heard == ["IDLE", "DONE", "NOOP"]
        await session.close()


async def test_a_wait_ends_in_time_and_when_somebody_changes_a_mail() -> None:
    for said, seconds in (("", 0.05), ("\n* 1 FETCH (FLAGS ())", 60)):
        async with scripted(("IDLE", "+ idling" + said), ("DONE", "{tag} OK done")) as script:
            session = await dialled(script)
            await asyncio.wait_for(session.idle(seconds), 5)
            await session.close()


async def test_a_server_that_says_it_can_wait_and_cannot_is_not_asked_again() -> None:
    async with scripted(("IDLE", "{tag} BAD what")) as script:
        session = await dialled(script)
        await session.idle(60)
        assert "IDLE" not in session.capabilities
        await session.idle(0.01)
        await session.close()


async def test_a_command_goes_on_when_its_caller_is_cut_off() -> None:
    async with scripted(("SLOW", ""), ("NEXT", "A1 OK late\n{tag} OK done")) as script:
        session = await dialled(script)
        slow = asyncio.ensure_future(session.command("SLOW"))
        await asyncio.sleep(0.05)
        slow.cancel()
        following = asyncio.ensure_future(session.command("NEXT"))
        await asyncio.sleep(0.05)
        assert script.heard == ["SLOW"]
        following.cancel()
        await session.close()


async def test_a_server_that_says_nothing_any_more() -> None:
    async with scripted(("X", "")) as script:
        session = await dialled(script, patience=0.1)
        for command in ("X", "Y"):
            with pytest.raises(FlowError) as caught:
                await session.command(command)
            assert caught.value.code == "connector.timeout"
        await session.close()


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        ("HANG UP", "connector.unavailable", "the connection is lost"),
        ("* BYE too many\nHANG UP", "connector.unavailable", "ended the connection: too many"),
        ("* X (", "connector.imap.response", "not closed"),
        ("* 1 FETCH (BODY[] {5}\nHANG UP", "connector.unavailable", "the connection is lost"),
    ],
)
async def test_a_connection_that_ends(answer: str, code: str, words: str) -> None:
    async with scripted(("X", answer)) as script:
        session = await dialled(script)
        with pytest.raises(FlowError, match=words) as caught:
            await session.command("X")
        assert caught.value.code == code
        with pytest.raises(FlowError, match=words):
            await session.idle(60)
        await session.close()


async def test_a_wait_ends_when_the_connection_is_lost() -> None:
    async with scripted(("IDLE", "+ idling\n* BYE away\nHANG UP")) as script:
        session = await dialled(script)
        with pytest.raises(FlowError, match="away"):
            await asyncio.wait_for(session.idle(60), 5)
        await session.close()


async def test_a_flood_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("airdock.connectors.imap.session._MOST", 3)
    async with scripted(
        ("X", "* 1 EXPUNGE\n" * 9 + "{tag} OK done"), ("Y", "* SEARCH\n" * 9 + "{tag} OK done")
    ) as script:
        session = await dialled(script)
        assert (await session.command("X", wanted=("SEARCH",)))[0] == []
        with pytest.raises(FlowError, match="more than 3 responses"):
            await session.command("Y", wanted=("SEARCH",))
        await session.close()
