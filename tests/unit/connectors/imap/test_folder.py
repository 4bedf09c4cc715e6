"""What listeners ask of servers that can less, or say odd things."""

import asyncio
from typing import Any

import pytest

from airdock.errors import FlowError
from tests.unit.connectors.imap.mailboxes import connected, next_of, nothing_from, receiver
from tests.unit.connectors.imap.scripted import SELECTED, Scripted, scripted

PLAIN = "* PREAUTH [CAPABILITY IMAP4rev1] ready"
FACTS = '* 1 FETCH (UID 4 FLAGS () RFC822.SIZE 20 INTERNALDATE "24-Nov-2026 20:45:56 +0000")\n{tag} OK done'
MAIL = "* 1 FETCH (UID 4 BODY[] {12}\nSubject: a\n)\n{tag} OK done"
ONE = [
    ("SELECT", SELECTED),
    ("UID SEARCH", "* SEARCH 4\n{tag} OK done"),
    ("UID SEARCH", "* SEARCH\n{tag} OK done"),
    ("UID FETCH 4 (UID FLAGS", FACTS),
    ("UID FETCH 4 (UID BODY.PEEK[])", MAIL),
    ("LIST", '* LIST () "/" Done\n{tag} OK done'),
]


async def one_done(script: Scripted, dead: bool = False, **wanted: Any) -> list[str]:
    """What is said to a server when its one mail is worked off."""
    client = await connected(script.port)
    async with client.listen(receiver(**wanted), 5) as arrivals:
        arrival = await next_of(arrivals)
        assert arrival.about == {
            "folder": "INBOX", "uid": 4, "uidValidity": 7, "size": 20, "received": "2026-11-24T20:45:56Z"
        }  # fmt: skip
        before = len(script.heard)
        await (arrival.bury() if dead else arrival.accept())
        said = script.heard[before:]
    await client.close()
    return [each for each in said if each.startswith("UID")]


@pytest.mark.parametrize(
    ("able", "wanted", "said"),
    [
        ("MOVE UIDPLUS", {"move_to": "Done"}, ["UID STORE 4 +FLAGS.SILENT (\\Seen)", 'UID MOVE 4 "Done"']),
        (
            "UIDPLUS",
            {"move_to": "Done"},
            [
                "UID STORE 4 +FLAGS.SILENT (\\Seen)",
                'UID COPY 4 "Done"',
                "UID STORE 4 +FLAGS.SILENT (\\Deleted)",
                "UID EXPUNGE 4",
            ],
        ),
        ("UIDPLUS", {"delete": True}, ["UID STORE 4 +FLAGS.SILENT (\\Deleted)", "UID EXPUNGE 4"]),
        ("", {"delete": True}, ["UID STORE 4 +FLAGS.SILENT (\\Deleted)"]),
        ("", {"dead": True}, ["UID STORE 4 +FLAGS.SILENT (\\Seen \\Flagged)"]),
    ],
)
async def test_what_a_server_can(able: str, wanted: dict[str, Any], said: list[str]) -> None:
    async with scripted(*ONE, hello=f"* PREAUTH [CAPABILITY IMAP4rev1 {able}] ready") as script:
        assert await one_done(script, **wanted) == said


async def test_what_is_searched_for() -> None:
    async with scripted(*ONE, hello=PLAIN) as script:
        await one_done(script, criteria=("FROM", b"ann", "SINCE", "1-Nov-2026"))
        assert 'UID SEARCH UNDELETED UNSEEN FROM "ann" SINCE 1-Nov-2026' in script.heard
    async with scripted(*ONE[:1], ("für", ONE[1][1]), ("UID SEARCH", "+ go"), *ONE[3:], hello=PLAIN) as script:
        await one_done(script, unseen=False, criteria=("SUBJECT", "für".encode()), move_to="Done", failed_to="Done")
        assert "UID SEARCH CHARSET UTF-8 UNDELETED SUBJECT {4}" in script.heard


@pytest.mark.parametrize(
    "facts",
    [
        "{tag} OK gone",
        FACTS.replace("FLAGS ()", "FLAGS (\\seen)"),
        FACTS.replace("FLAGS ()", "FLAGS (\\Deleted)"),
        FACTS.replace("UID 4", "UID 5"),
    ],
)
async def test_a_mail_that_is_not_wanted_any_more_is_passed_over(facts: str) -> None:
    async with scripted(*ONE[:3], ("UID FETCH", facts), hello=PLAIN) as script:
        client = await connected(script.port)
        async with client.listen(receiver(), 5) as arrivals:
            await nothing_from(arrivals)
        await client.close()


async def test_a_size_that_the_server_does_not_know_well_is_no_way_around_the_bound() -> None:
    fetched = [("UID FETCH 4 (UID BODY.PEEK[])", "* 1 FETCH (UID 4 BODY[] {60}\n" + "x" * 58 + "\n)\n{tag} OK done")]
    header = [("UID FETCH 4 (UID BODY.PEEK[HEADER]", MAIL.replace("BODY[]", "BODY[HEADER]<0>"))]
    async with scripted(*ONE[:4], *fetched, *header, hello=PLAIN) as script:
        client = await connected(script.port)
        async with client.listen(receiver(max_size=50), 5) as arrivals:
            arrival = await next_of(arrivals)
            assert arrival.fault is not None
            assert (arrival.fault.code, arrival.body["subject"]) == ("request.tooLarge", "a")
        await client.close()


@pytest.mark.parametrize(
    ("dialogue", "code", "words"),
    [
        ([("SELECT", "{tag} OK [READ-ONLY] done")], "connector.imap.folder", "can only be read"),
        (
            [("SELECT", "{tag} NO gone"), ("LIST", '* LIST () "/" INBOX/Orders\n{tag} OK done')],
            "connector.imap.folder",
            "did you mean 'INBOX/Orders'",
        ),
        ([("SELECT", "{tag} NO gone")], "connector.imap.folder", "cannot be opened: gone"),
        ([("SELECT", SELECTED), ("CREATE", "{tag} NO not you")], "connector.imap.rejected", "make the folder 'Done'"),
    ],
)
async def test_folders_that_cannot_be_opened(dialogue: Any, code: str, words: str) -> None:
    async with scripted(*dialogue, hello=PLAIN) as script:
        client = await connected(script.port)
        with pytest.raises(FlowError, match=words) as caught:
            async with client.listen(receiver(folder="Orders", move_to="Done"), 5):
                pass
        assert caught.value.code == code
        await client.close()


async def test_a_search_that_the_server_does_not_do() -> None:
    async with scripted(("SELECT", SELECTED), ("UID SEARCH", "{tag} BAD [BADCHARSET] no"), hello=PLAIN) as script:
        client = await connected(script.port)
        async with client.listen(receiver(), 5) as arrivals:
            with pytest.raises(FlowError, match=r"does not search: \[BADCHARSET\] no") as caught:
                await next_of(arrivals)
            assert caught.value.code == "connector.imap.rejected"
        await client.close()


async def test_a_mark_that_the_server_refuses_is_made_later_and_the_mail_does_not_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("airdock.connectors.imap.receiving.LEASE_SECONDS", 0.05)
    refuses = [("UID STORE", "{tag} NO not now"), ("UID STORE", "{tag} NO not now"), ("UID STORE", "{tag} OK done")]
    again = [("UID SEARCH", "* SEARCH 4\n{tag} OK done")]
    async with scripted(ONE[0], *again, *ONE[3:], *refuses, hello=PLAIN) as script:
        client = await connected(script.port)
        knows = receiver(poll=0.05)
        async with client.listen(knows, 1) as arrivals:
            with pytest.raises(FlowError, match="does not mark a mail"):
                await (await next_of(arrivals)).accept()
            assert "not marked as that" in knows.trouble
            async with asyncio.timeout(10):
                while sum(each.startswith("UID STORE") for each in script.heard) < 3:  # noqa: ASYNC110 -- it has no event
                    await asyncio.sleep(0.01)
                while knows.trouble:  # noqa: ASYNC110 -- as above
                    await asyncio.sleep(0.01)
        await client.close()


async def test_a_mail_over_which_the_connection_is_lost_each_time_is_given_up() -> None:
    async with scripted(*ONE[:2], ("UID FETCH", "HANG UP"), hello=PLAIN) as script:
        client, knows = await connected(script.port), receiver()
        for _ in range(3):
            async with client.listen(knows, 5) as arrivals:
                with pytest.raises(FlowError, match="is lost"):
                    await next_of(arrivals)
        async with client.listen(knows, 5) as arrivals:
            arrival = await next_of(arrivals)
            assert arrival.fault is not None
            assert (arrival.fault.code, arrival.id) == ("request.body", "INBOX/7/4")
            assert "lost each time" in arrival.fault.message
        await client.close()


async def test_a_caller_who_has_no_patience_leaves_a_mark_that_is_made_all_the_same() -> None:
    async with scripted(*ONE[:5], ("UID STORE", ""), hello=PLAIN) as script:
        client = await connected(script.port, timeout=0.3)
        knows = receiver()
        async with client.listen(knows, 5) as arrivals:
            accepting = asyncio.ensure_future((await next_of(arrivals)).accept())
            await asyncio.sleep(0.1)
            accepting.cancel()
            # The server says nothing to it, and is to be told again.
            with pytest.raises(FlowError, match="did not answer in time"):
                await next_of(arrivals)
        assert knows.owed(7) == {4: False}
        await client.close()
