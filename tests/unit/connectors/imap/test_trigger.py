"""The trigger: what authors say, and a whole listener on a real server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from airdock.connectors.imap.connection import ImapConnection
from airdock.connectors.imap.trigger import ImapTrigger, MailSearch
from airdock.connectors.links import Links
from airdock.connectors.opened import Declared
from airdock.engine.clock import LoopClock
from airdock.engine.pipeline import Pipeline
from airdock.errors import FlowError, Place
from airdock.exchange import Exchange
from airdock.spec.connection import C, Connection, Link
from airdock.spec.descriptors import Listener, Redelivery
from airdock.spec.flow import Flow
from airdock.state import Stores
from airdock.stores.memory import MemoryStore
from airdock.triggers.activity import Activity
from airdock.triggers.listener import Listeners
from tests.unit.connectors.imap.mailboxes import declared, mail
from tests.unit.connectors.imap.post import PASSWORD, Post
from tests.unit.connectors.opening import LOOPBACK
from tests.unit.triggers.listener.letters import MemoryLetters

NAME = "shop/mails.listener"
Until = Callable[[Callable[[], Any]], Awaitable[None]]


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({}, None),
        ({"move_to": "Done"}, None),
        ({"delete": True, "failed_to": "Failed"}, None),
        ({"unseen": False, "move_to": "Done", "failed_to": "Failed"}, None),
        ({"unseen": False, "delete": True, "failed_to": "Failed"}, None),
        ({"move_to": "Done", "delete": True}, "delete"),
        ({"unseen": False}, "unseen"),
        ({"unseen": False, "move_to": "Done"}, "unseen"),
        ({"move_to": "INBOX"}, "folder"),
        ({"poll": 0.5}, "poll"),
    ],
)
def test_what_becomes_of_mails_is_clear(params: dict[str, Any], field: str | None) -> None:
    problems = ImapTrigger.check(ImapTrigger(connection="p/m.connection", **params))
    assert [name for name, _ in problems] == ([] if field is None else [field])


def test_a_search_as_the_server_is_told_it() -> None:
    search = MailSearch(from_="@x.com", to="shop", subject='a "b"', text="ü", newer_than=86400.0)
    assert search.criteria(1795553781.0) == (
        "FROM", b"@x.com", "TO", b"shop", "SUBJECT", b'a "b"', "TEXT", "ü".encode(), "SINCE", "23-Nov-2026"
    )  # fmt: skip
    assert MailSearch().criteria(0.0) == ()


class World:
    """A process with one listener on a mailbox.

    Attributes:
        bodies: Those with which a run began. works: Does the work of a run.
    """

    def __init__(self, port: int, store: MemoryStore, **params: Any) -> None:
        self.clock = LoopClock()
        self.name = NAME
        self.stores = Stores(MemoryStore(), store)
        self.links = Links(self.clock, LOOPBACK)
        self.links.switch({"p/m.connection": Declared(declared(port), lambda _: PASSWORD, lambda _: None)})
        self.letters = MemoryLetters()
        self.bodies: list[Any] = []
        self.exchanges: list[Exchange] = []
        self.works: Callable[[Exchange], None] = lambda exchange: None
        listeners = Listeners(lambda activity: self, self.letters, self.clock, self.stores)
        self.listeners = listeners
        model = Listener(
            trigger="imap",
            params=ImapTrigger(connection="p/m.connection", **params),
            steps=[],
            redelivery=Redelivery(attempts=2, delay=0.01),
            idempotent=True,
        )
        flow = Flow(steps=[])
        flow.file = NAME
        listeners.switch([Activity(NAME, model, Pipeline(flow, "shop", self._run, self._run))])

    async def _run(self, exchange: Exchange) -> None:
        self.bodies.append(exchange.body)
        self.exchanges.append(exchange)
        self.works(exchange)

    def connection(self, path: str, kinds: tuple[type[Connection], ...], place: Place) -> Link:
        assert kinds == (ImapConnection,)
        return self.links.at(path)

    def declaration(self, path: str, kinds: tuple[type[C], ...], place: Place) -> C:
        raise NotImplementedError

    def hub(self) -> Link:
        raise NotImplementedError

    async def close(self) -> None:
        await self.listeners.stop(1)
        await self.links.close()


@asynccontextmanager
async def world(post: Post, store: MemoryStore | None = None, **params: Any) -> AsyncIterator[World]:
    made = World(post.port, store or MemoryStore(), **params)
    try:
        yield made
    finally:
        await made.close()


async def marked(post: Post, flags: dict[int, set[str]]) -> None:
    """Waits until the mails in the inbox are marked so."""
    async with asyncio.timeout(10):
        while await post.flags() != flags:  # noqa: ASYNC110 -- the server has no event for it
            await asyncio.sleep(0.01)


async def test_good_mails_bad_ones_and_ones_that_are_too_large(post: Post) -> None:
    def work(exchange: Exchange) -> None:
        if exchange.body["subject"] == "bad":
            raise FlowError("shop.closed", "not this one")

    async with world(post, max_size=2000) as made:
        made.works = work
        good, bad = await post.deliver(mail("good")), await post.deliver(mail("bad"))
        large, again = await post.deliver(mail("large") + b"x" * 3000), await post.deliver(mail("good"))
        failed = {"seen", "flagged"}
        await marked(post, {good: {"seen"}, bad: failed, large: failed, again: {"seen"}})
        assert [each["subject"] for each in made.bodies] == ["good", "bad", "bad"]
        letters = {each.content.body["subject"]: each for each in made.letters.letters.values()}
        assert (letters["bad"].death.code, letters["bad"].death.attempts) == ("shop.closed", 2)
        assert (letters["large"].death.code, letters["large"].content.body["text"]) == ("request.tooLarge", None)
        state = made.listeners.states()[0]
        assert (state.state, state.duplicates, state.dead) == ("listening", 1, 2)
        message = made.exchanges[0].properties["message"]
        assert (message["id"], message["folder"], message["trigger"]) == ("<good@x.com>", "INBOX", "imap")


async def test_a_server_that_goes_and_comes_again(post: Post, until: Until) -> None:
    async with world(post, move_to="Done") as made:
        await until(lambda: made.listeners.states()[0].state == "listening")
        await post.stop()
        await until(lambda: made.listeners.states()[0].state == "reconnecting")
        assert "p/m.connection" in made.listeners.states()[0].error
        await post.serve()
        await post.deliver(mail("a"))
        await marked(post, {})
        assert list((await post.flags("Done")).values()) == [{"seen"}]


async def test_two_nodes_work_off_each_mail_once(post: Post) -> None:
    store = MemoryStore()
    async with world(post, store) as one, world(post, store) as other:
        ids = [await post.deliver(mail(str(number))) for number in range(20)]
        await marked(post, {id: {"seen"} for id in ids})
        assert sorted(int(each["subject"]) for each in one.bodies + other.bodies) == list(range(20))
