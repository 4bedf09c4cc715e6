"""What a mailbox promises to listeners, in memory and on a server."""

import asyncio
from typing import Any

import pytest

from airdock.errors import FlowError
from airdock.stores.memory import MemoryStore
from tests.unit.connectors.imap.mailboxes import Mailbox, mail, next_of, nothing_from, receiver


async def test_it_is_there(mailbox: Mailbox) -> None:
    await mailbox.client.check()


async def test_mails_that_lie_there_and_that_come(mailbox: Mailbox) -> None:
    old = await mailbox.deliver(mail("old"))
    async with mailbox.client.listen(receiver(), 5) as arrivals:
        first = await next_of(arrivals)
        assert (first.id, first.redelivered, first.fault) == ("<old@x.com>", True, None)
        assert first.body["subject"] == "old"
        assert first.body["text"].strip() == "text of old"
        assert {"folder": "INBOX", "uid": old}.items() <= first.about.items()
        assert first.headers["subject"] == "old"
        waiting = asyncio.ensure_future(next_of(arrivals))
        await asyncio.sleep(0.05)
        new = await mailbox.deliver(mail("new"))
        second = await waiting
        assert (second.id, second.redelivered) == ("<new@x.com>", False)
        assert await mailbox.flags() == {old: set(), new: set()}
        await second.accept()
        await first.accept()
        assert await mailbox.flags() == {old: {"seen"}, new: {"seen"}}
        await nothing_from(arrivals)


async def test_no_more_than_prefetch_are_ahead_and_the_oldest_is_first(mailbox: Mailbox) -> None:
    for number in range(4):
        await mailbox.deliver(mail(str(number)))
    async with mailbox.client.listen(receiver(), 2) as arrivals:
        first, second = await next_of(arrivals), await next_of(arrivals)
        await nothing_from(arrivals)
        await second.accept()
        third = await next_of(arrivals)
        await first.accept()
        fourth = await next_of(arrivals)
        assert [each.body["subject"] for each in (first, second, third, fourth)] == ["0", "1", "2", "3"]
        await third.accept()
        await fourth.accept()


async def test_what_was_not_accepted_comes_again(mailbox: Mailbox) -> None:
    for number in range(3):
        await mailbox.deliver(mail(str(number)))
    async with mailbox.client.listen(receiver(), 5) as arrivals:
        await (await next_of(arrivals)).accept()
        await (await next_of(arrivals)).release()
        again = await next_of(arrivals)
        assert again.body["subject"] == "2"
    async with mailbox.client.listen(receiver(), 5) as arrivals:
        seen = [await next_of(arrivals) for _ in range(2)]
        assert [(each.body["subject"], each.redelivered) for each in seen] == [("1", True), ("2", True)]
        for each in seen:
            await each.accept()
        await nothing_from(arrivals)


async def test_what_was_released_comes_again_at_once(mailbox: Mailbox) -> None:
    async with mailbox.client.listen(receiver(), 1) as arrivals:
        await mailbox.deliver(mail("a"))
        await (await next_of(arrivals)).release()
        again = await next_of(arrivals)
        assert (again.id, again.redelivered) == ("<a@x.com>", True)
        await again.accept()


@pytest.mark.parametrize(
    ("wanted", "done", "dead", "left"),
    [
        ({}, {}, {}, [{"seen"}, {"flagged", "seen"}]),
        ({"move_to": "Done"}, {"Done": [{"seen"}]}, {}, [{"flagged", "seen"}]),
        ({"move_to": "Done", "failed_to": "Failed"}, {"Done": [{"seen"}]}, {"Failed": [set()]}, []),
        ({"delete": True, "failed_to": "Für später & so"}, {}, {"Für später & so": [set()]}, []),
    ],
)
async def test_what_becomes_of_mails(
    mailbox: Mailbox, wanted: Any, done: dict[str, Any], dead: dict[str, Any], left: list[Any]
) -> None:
    await mailbox.deliver(mail("good"))
    await mailbox.deliver(mail("bad"))
    async with mailbox.client.listen(receiver(**wanted), 5) as arrivals:
        good, bad = await next_of(arrivals), await next_of(arrivals)
        await good.accept()
        await bad.bury()
        await nothing_from(arrivals, 0.05)
    assert list((await mailbox.flags()).values()) == left
    for folder, flags in {**done, **dead}.items():
        assert list((await mailbox.flags(folder)).values()) == flags


async def test_a_folder_that_is_emptied(mailbox: Mailbox) -> None:
    wanted = receiver(unseen=False, move_to="Done", failed_to="Failed")
    await mailbox.deliver(mail("a"))
    async with mailbox.client.listen(wanted, 5) as arrivals:
        await (await next_of(arrivals)).accept()
        await nothing_from(arrivals, 0.05)
    assert await mailbox.flags() == {}


async def test_a_mail_that_is_too_large_has_only_a_header(mailbox: Mailbox) -> None:
    await mailbox.deliver(mail("large") + b"x" * 5000)
    await mailbox.deliver(mail("small"))
    async with mailbox.client.listen(receiver(max_size=3000), 5) as arrivals:
        large, small = await next_of(arrivals), await next_of(arrivals)
        assert large.fault is not None
        assert large.fault.code == "request.tooLarge"
        assert "takes 3000" in large.fault.message
        assert (large.body["subject"], large.body["text"], large.id) == ("large", None, "<large@x.com>")
        assert small.fault is None
        await large.bury()
        await small.accept()
        await nothing_from(arrivals, 0.05)


async def test_a_mail_that_cannot_be_read(mailbox: Mailbox) -> None:
    parts = "".join(f"--b\r\n\r\n{number}\r\n" for number in range(1001))
    await mailbox.deliver(mail("a", **{"Content-Type": "multipart/mixed; boundary=b"}) + parts.encode())
    async with mailbox.client.listen(receiver(), 5) as arrivals:
        arrival = await next_of(arrivals)
        assert arrival.fault is not None
        assert (arrival.fault.code, arrival.body["subject"]) == ("request.body", "a")
        assert "more than 1000 parts" in arrival.fault.message
        await arrival.bury()


async def test_a_mail_without_an_id_has_that_of_its_place(mailbox: Mailbox) -> None:
    id = await mailbox.deliver(b"Subject: x\r\n\r\n")
    async with mailbox.client.listen(receiver(), 5) as arrivals:
        arrival = await next_of(arrivals)
        assert arrival.id == f"INBOX/{arrival.about['uidValidity']}/{id}"
        await arrival.accept()


async def test_nodes_share_the_mails(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    store, other = MemoryStore(), mailbox.client
    for number in range(4):
        await mailbox.deliver(mail(str(number)))
    async with mailbox.client.listen(receiver(store), 2) as ones:
        first = [await next_of(ones) for _ in range(2)]
        async with other.listen(receiver(store), 5) as others:
            second = [await next_of(others) for _ in range(2)]
            assert [each.body["subject"] for each in first + second] == ["0", "1", "2", "3"]
            await nothing_from(others, 0.05)
            for each in (*first, *second):
                await each.working()
                await each.accept()
            await nothing_from(others, 0.05)


async def test_a_node_that_dies_leaves_its_mails_to_the_others(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("airdock.connectors.claims.LEASE_SECONDS", 0.2)
    monkeypatch.setattr("airdock.connectors.imap.receiving.LEASE_SECONDS", 0.2)
    store = MemoryStore()
    await mailbox.deliver(mail("a"))
    async with mailbox.client.listen(receiver(store), 5) as ones:
        # It says nothing of it any more, as a process that is gone.
        await next_of(ones)
        async with mailbox.client.listen(receiver(store), 5) as others:
            arrival = await next_of(others)
            assert (arrival.id, arrival.redelivered) == ("<a@x.com>", True)
            await arrival.accept()


async def test_a_folder_that_is_not_there(mailbox: Mailbox) -> None:
    with pytest.raises(FlowError, match="cannot be opened") as caught:
        async with mailbox.client.listen(receiver(folder="Nowhere"), 5):
            pass
    assert caught.value.code == "connector.imap.folder"


def test_what_is_owed_for_mails_that_have_other_ids_now_is_forgotten() -> None:
    knows = receiver()
    for id, dead in ((7, False), (8, True)):
        knows.owe((1, id), dead, FlowError("connector.imap.rejected", "no"))
    assert knows.owed(1) == {7: False, 8: True}
    assert knows.owes((1, 7))
    assert knows.owed(2) == {}
    assert not knows.owes((1, 7))
